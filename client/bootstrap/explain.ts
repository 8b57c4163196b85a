import type { HostKitError } from "../../shared/diagnostic.ts";
import { sshFailure } from "../transport/ssh-failure.ts";
import type { Exec, Exit } from "../transport/transport.ts";
import { type BootstrapCode, bootstrapFailure } from "./bootstrap-failure.ts";
import { KNOWN_MESSAGES } from "./known-messages.ts";
import { excerpt, type Opening } from "./noise.ts";
import { parseStarted, parseUnsafePath } from "./report.ts";
import type { Elevation } from "./scripts.ts";

export interface FailedStart {
  readonly exec: Pick<Exec, "stderrTail">;
  readonly nonce: string;
  readonly opening: Exclude<Opening, { kind: "found" }>;
  /** The connection's, `user@host:port`. */
  readonly label: string;
  readonly elevate: Elevation;
}

/** What a command that did not become the agent means: known messages first, then its exit code, then the plain facts. */
export function explain(failed: FailedStart): HostKitError {
  const { opening, nonce, label } = failed;
  const stderr = failed.exec.stderrTail();
  const printed = `${excerpt(opening.before)}\n${stderr}`;
  const failure = (code: BootstrapCode, detail: string): HostKitError =>
    bootstrapFailure(code, `${label}: ${detail}${quote(opening.before, stderr)}`);

  if (opening.kind === "ended" && opening.exit.kind === "lost")
    return sshFailure(
      "HK2030",
      `${label}: ${opening.exit.reason}, before the agent was ready.${quote(opening.before, stderr)}`,
    );
  const unsafe = parseUnsafePath(opening.before, nonce);
  if (unsafe !== undefined)
    return failure(
      "HK2123",
      `${unsafe} is a symbolic link, does not belong to root, or can be written by others, so somebody else could exchange the ` +
        `program that root is to run. Make it a real directory of root's with mode 755.`,
    );
  for (const { pattern, elevate, code, detail } of KNOWN_MESSAGES) {
    const match = pattern.exec(printed);
    if (match !== null && (elevate === undefined || elevate === failed.elevate))
      return failure(code, detail(match[1] ?? ""));
  }
  switch (opening.kind) {
    case "silent":
      return failure(
        "HK2111",
        `no line of the agent came within ${opening.windowMs / 1000} s. The host is overloaded, or a start-up file of the ` +
          `account's shell waits for something.`,
      );
    case "flooded":
      return failure(
        "HK2112",
        "more than 64 KiB were printed in place of the agent's first line. A start-up file of the account's shell prints for " +
          "commands too: let it do so for interactive shells only.",
      );
    case "ended":
      return failure(...explainExit(failed, opening.exit, stderr));
  }
}

function explainExit(
  { opening, nonce }: FailedStart,
  exit: Exit,
  stderr: string,
): [BootstrapCode, string] {
  const started = parseStarted(opening.before, nonce);
  const code = exit.kind === "exited" ? exit.code : -1;
  const how =
    exit.kind === "signalled"
      ? `signal ${exit.signal}`
      : exit.kind === "exited"
        ? `exit code ${exit.code}`
        : exit.reason;
  if (started !== undefined) {
    const path = `${started.stateRoot}/agents/${started.agentId}/hostkit-agent`;
    if (code === 126 || code === 127 || code === 73)
      return [
        "HK2124",
        `${path} is in place, but the system does not run it (${how}).${/not permitted/iu.test(stderr) ? ` A policy such as fapolicyd forbids it: fapolicyd-cli --file add ${path} && fapolicyd-cli --update` : ""}`,
      ];
    const killed = code === 137 || (exit.kind === "signalled" && exit.signal === "SIGKILL");
    return [
      "HK2125",
      `${path} ended with ${how} before its first line.${killed ? " The kernel kills a program so when memory runs out." : ""}`,
    ];
  }
  switch (code) {
    case 70:
      return [
        "HK2121",
        "size or SHA-256 of what arrived differ from what was sent. Try again; if it happens again, the host's memory or disk is damaged.",
      ];
    case 71:
      return [
        "HK2122",
        "gzip could not unpack what arrived. The transfer was damaged or cut short; nothing was left behind. Try again.",
      ];
    case 72:
      return ["HK2107", "the directory for the agent could not be made or written."];
    case 126:
    case 127:
      return ["HK2114", `/bin/sh could not be run (${how}).`];
    default:
      return [
        "HK2110",
        `the command ended with ${how}, and neither the agent nor our script had spoken. A start-up file or a forced command of ` +
          `the account ends the shell or replaces it.`,
      ];
  }
}

function quote(before: string, stderr: string): string {
  const noise = excerpt(before.replace(/^HK[A-Z]+1? [0-9a-f]{32}.*$/gmu, ""));
  // Its first words say why, its last what came of it; a shell that repeats our script fills what is between.
  const errors = (
    stderr.length > 2_048 ? `${stderr.slice(0, 600)}\n…\n${stderr.slice(-1_024)}` : stderr
  ).trim();
  return `${noise === "" ? "" : `\nIt printed:\n${noise}`}${errors === "" ? "" : `\nIts stderr:\n${errors}`}`;
}
