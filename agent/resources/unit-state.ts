import type { UnitState } from "../host/systemctl.ts";

/** What tells whether a unit runs, and why not. */
export const RUN_STATE = [
  "Id",
  "ActiveState",
  "SubState",
  "Result",
  "NRestarts",
  "ExecMainCode",
  "ExecMainStatus",
  "Type",
  "InvocationID",
] as const;
export type RunState = UnitState<(typeof RUN_STATE)[number]>;

/** Whether it runs at the second of two looks, and is still the same process that ran at the first. */
export function keepsRunning(first: RunState, last: RunState): boolean {
  // Another invocation in so short a time: it died and was started again, however alive it looks right now.
  const cameBack = first.InvocationID !== last.InvocationID || first.NRestarts !== last.NRestarts;
  return ["active", "reloading", "refreshing"].includes(last.ActiveState) && !cameBack;
}

export function isStopped({ ActiveState }: RunState): boolean {
  return ActiveState === "inactive" || ActiveState === "failed";
}

/** Statuses that systemd itself gives when it can't run the program; see systemd.exec(5), PROCESS EXIT CODES. */
const SYSTEMD_STATUS: Readonly<Record<string, string>> = {
  "200": "CHDIR: its WorkingDirectory= can't be entered",
  "203":
    "EXEC: its program can't be executed (missing, not executable, or for another architecture)",
  "208": "STDIN: its standard input could not be set up",
  "209": "STDOUT: its standard output could not be set up",
  "216": "GROUP: its Group= does not exist",
  "217": "USER: its User= does not exist",
  "218": "CAPABILITIES: its capabilities could not be set",
  "226": "NAMESPACE: a path of its sandbox does not exist or can't be mounted",
  "228": "SECCOMP: its system call filter could not be applied",
  "233": "RUNTIME_DIRECTORY: its RuntimeDirectory= could not be made",
  "238": "STATE_DIRECTORY: its StateDirectory= could not be made",
};

/** CLD_EXITED, CLD_KILLED and CLD_DUMPED of wait(2), as ExecMainCode shows them. */
const EXITED = "1";

/** How a unit ended, in words. */
export function describeRun(state: RunState): string {
  const { ActiveState, SubState, Result, ExecMainCode, ExecMainStatus, NRestarts } = state;
  const again = Number(NRestarts) > 0;
  const parts = [`it is ${ActiveState} (${SubState})${again ? " for now" : ""}`];
  if (Result !== "" && Result !== "success") parts.push(`its result is ${Result}`);
  if (ExecMainCode === EXITED) {
    const meaning = SYSTEMD_STATUS[ExecMainStatus];
    parts.push(
      `its process ended with status ${ExecMainStatus}${meaning === undefined ? "" : ` (${meaning})`}`,
    );
  } else if (ExecMainCode !== "" && ExecMainCode !== "0") {
    parts.push(`its process was ended by signal ${ExecMainStatus}`);
  }
  if (again)
    parts.push(
      `it died and was started again ${NRestarts === "1" ? "once" : `${NRestarts} times`}`,
    );
  return parts.join(", ");
}
