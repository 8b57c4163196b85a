import type { Session } from "../session.ts";
import type { OperatorSecrets } from "../secrets/operator-secrets.ts";
import type { Interrupt } from "./interrupt.ts";
import type { Phase, Talk } from "./talk.ts";
import type { ResolvedTarget } from "./target.ts";

/** What was reached on the way to a session, for whoever wants to know how far it came. */
export type Reached =
  /** Host key verified, and logged in; `hostKey` is absent where there is none to verify. */
  | { readonly what: "login"; readonly hostKey: string | undefined }
  | { readonly what: "agent"; readonly installed: "cached" | "uploaded"; readonly root: string };

export type ConnectTarget = (
  target: ResolvedTarget,
  options: {
    readonly signal: AbortSignal;
    readonly onProgress: (phase: Phase) => void;
    readonly onReached?: (reached: Reached) => void;
  },
) => Promise<Session>;

/** All that work on hosts needs of whoever asks for it: the command line, or a program that uses the library. */
export interface Operating {
  readonly connectTarget: ConnectTarget;
  readonly interrupt: Interrupt;
  /** The secrets that are looked up where HostKit runs. */
  readonly secrets: OperatorSecrets;
  readonly talk: Talk;
}
