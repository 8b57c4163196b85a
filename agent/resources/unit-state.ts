import type { Observed } from "../../shared/resources/registry.ts";
import { BY_TURNS } from "../../shared/resources/unit.ts";
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

/** systemd calls these started before they have shown that they can run; the others report by themselves. */
export const mayStillFail = ({ Type, ActiveState }: RunState): boolean =>
  ActiveState === "active" && ["simple", "exec", "idle", "forking"].includes(Type);

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

const RUNS = ["active", "reloading", "refreshing"];

/** What a unit may be after an undo, where it can't be made the very same. What is not listed must be the same. */
const AS_GOOD_AS: Readonly<Record<string, readonly string[]>> = {
  active: RUNS,
  reloading: RUNS,
  refreshing: RUNS,
  // Nothing makes a unit failed on purpose, and nothing of it runs either way.
  failed: ["inactive"],
  deactivating: ["inactive", "failed"],
  // Time goes by: it has started, or its job is done.
  activating: [...RUNS, "inactive"],
  // It was on its way up and down, and is so again, wherever it is right now.
  restarting: [...RUNS, "activating", "failed"],
};

/** Whether an undone unit is as before in all that matters. systemd having read what lies on the disk is no loss. */
export function isAsBefore(before: Observed<"unit">, now: Observed<"unit">): boolean {
  if (before.state === "absent" || now.state === "absent") return before.state === now.state;
  return (
    before.content === now.content &&
    before.enabled === now.enabled &&
    (before.active === now.active || (AS_GOOD_AS[before.active] ?? []).includes(now.active)) &&
    (before.loaded === now.loaded || now.loaded === "current")
  );
}

/** Whether something of it ran, was about to, or was on its way up. */
export const wasUp = (observed: Observed<"unit">): boolean =>
  observed.state === "present" && [...RUNS, "activating", "restarting"].includes(observed.active);

/** Whether it was a job, which runs whenever somebody starts it. */
export const wasByTurns = (observed: Observed<"unit">): boolean =>
  observed.state === "present" && observed.active === BY_TURNS;

/** Whether it ran, and nothing less will do. */
export const wasRunning = (observed: Observed<"unit">): boolean =>
  observed.state === "present" && RUNS.includes(observed.active);
