import type { HostKitError } from "../../shared/diagnostic.ts";
import { errorText } from "./error-text.ts";
import { printable } from "./printable.ts";
import { type SshCode, sshFailure } from "./ssh-failure.ts";

/** How far a login has come. */
export type LoginPhase = "key-exchange" | "authentication";

export interface BrokenLogin {
  readonly target: string;
  readonly phase: LoginPhase;
  /** The first bytes the server sent, up to some KiB. */
  readonly greeting: Buffer;
  /** What the SSH library reported; `undefined` when the connection just ended. */
  readonly error?: Error;
}

const TURNED_AWAY =
  /exceeded maxstartups|not allowed at this time|too many connections|connection limit/iu;

/** What a login that broke off means, for every cause but a refused key or credential. */
export function brokenLogin({ target, phase, greeting, error }: BrokenLogin): HostKitError {
  const failure = (code: SshCode, detail: string): HostKitError =>
    sshFailure(code, `${target}: ${detail}`, error === undefined ? {} : { cause: error });
  const said = printable(greeting.toString("utf8")).trim();
  const excerpt = said.split("\n", 3).join("\n").slice(0, 300);

  if (TURNED_AWAY.test(said) || TURNED_AWAY.test(error?.message ?? ""))
    return failure(
      "HK2008",
      `it answered: ${excerpt === "" || speaksSsh(greeting) ? errorText(error) : excerpt}\nIts limit for unauthenticated connections (MaxStartups, ` +
        `PerSourcePenalties) is reached. Wait a little, or connect to fewer hosts at once.`,
    );
  if (!speaksSsh(greeting)) {
    if (said === "")
      return failure(
        "HK2007",
        `the connection was closed before the server said anything${cause(error)}. sshd may be starting, overloaded, or configured ` +
          `to turn this address away (hosts.deny, fail2ban).`,
      );
    return failure(
      "HK2005",
      `instead of an SSH banner it sent:\n${excerpt}\nAnother service listens on that port: check the port.`,
    );
  }
  if (phase === "key-exchange" && error !== undefined && !isSocketError(error))
    return failure(
      "HK2006",
      `${error.message}. HostKit offers no SHA-1 host keys (ssh-rsa) and no CBC ciphers, because they are broken; an SSH ` +
        `server that has nothing better must be updated.`,
    );
  return failure(
    "HK2007",
    `the connection was closed during the ${phase === "key-exchange" ? "key exchange" : "authentication"}${cause(error)}.`,
  );
}

export function loginTimeout({ target, phase, greeting }: BrokenLogin, ms: number): HostKitError {
  const where =
    phase === "authentication"
      ? "the key exchange was done, but the authentication did not end. The host may wait for a resolver or a directory service."
      : speaksSsh(greeting)
        ? "the server sent its banner, but the key exchange did not end."
        : greeting.length === 0
          ? "the port accepts connections, but no SSH banner came. The host is overloaded, or something that is not SSH listens there."
          : `no SSH banner came, but: ${printable(greeting.toString("utf8")).slice(0, 300)}`;
  return sshFailure("HK2004", `${target}, within ${ms / 1000} s: ${where}`);
}

function speaksSsh(greeting: Buffer): boolean {
  return /^SSH-/mu.test(greeting.toString("latin1"));
}

function isSocketError(error: Error): boolean {
  return "level" in error && error.level === "client-socket";
}

function cause(error: Error | undefined): string {
  return error === undefined ? "" : ` (${error.message})`;
}
