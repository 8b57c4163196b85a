import type { HostKitError } from "../../../shared/diagnostic.ts";
import type { AuthOutcome } from "./conversation.ts";
import type { LeftOut } from "./plan.ts";
import { type SshCode, sshFailure } from "../ssh-failure.ts";

/** Nothing can be offered: said before any contact. */
export function noCredential(target: string, leftOut: readonly LeftOut[]): HostKitError {
  const code: SshCode = leftOut.findLast((each) => each.code !== "HK2021")?.code ?? "HK2021";
  const reasons = list(leftOut.map((each) => each.why));
  return sshFailure(
    code,
    leftOut.length === 0
      ? `For ${target} there is no identityFile, no key in an SSH agent, none of the usual files in ~/.ssh, and no password. ` +
          `Make a key with ssh-keygen -t ed25519 and authorise it with ssh-copy-id, or name the one to use with identityFile.`
      : `For ${target} no other key or password is left to try:${reasons}`,
  );
}

export interface RefusedLogin extends AuthOutcome {
  readonly target: string;
  /** What the server said when it hung up, if it did. */
  readonly serverSaid: string | undefined;
}

export function loginRefused(refused: RefusedLogin): HostKitError {
  const { target, tried, accepted, progress, notes, serverSaid } = refused;
  const parts = [
    `${target} accepted none of:${list(tried)}`,
    accepted.length > 0 ? `The server accepts: ${accepted.join(", ")}.` : "",
    progress === "partial"
      ? "One was accepted, but the server demands a further method that HostKit could not supply."
      : "",
    serverSaid === undefined ? "" : `The server said: ${serverSaid}`,
    serverSaid !== undefined && /too many/iu.test(serverSaid)
      ? "Each key counts as an attempt: name the right one with identityFile, and leave the SSH agent out with agent: false."
      : "",
    notes.length > 0 ? `Also:${list(notes)}` : "",
    "Check the user name, and that the host's ~/.ssh/authorized_keys of that user holds one of these keys.",
  ];
  return sshFailure("HK2020", parts.filter((each) => each !== "").join("\n"));
}

function list(items: readonly string[]): string {
  return items.map((each) => `\n  ${each}`).join("");
}
