import type { Clock, TextStream } from "../view/stream.ts";
import type { Environment } from "./options.ts";

/** Everything the command line needs of the process it runs in. Tests make their own. */
export interface World {
  readonly env: Environment;
  readonly cwd: string;
  readonly out: TextStream;
  readonly err: TextStream;
  readonly clock: Clock;
  /** `Node.js 24.1.0 on linux x64` */
  readonly runtime: string;
  readonly version: string;
  user(): string;
  /** Asks on stderr and gives the line that was typed, or `null` at the end of input; absent where nobody can be asked. */
  readonly ask: ((question: string, signal: AbortSignal) => Promise<string | null>) | undefined;
  /** As `ask`, for a passphrase: nothing of what is typed is shown. */
  readonly askHidden:
    | ((question: string, signal: AbortSignal) => Promise<string | null>)
    | undefined;
  /** Calls back at each Ctrl-C or SIGTERM; returns how to stop listening. */
  onInterrupt(callback: () => void): () => void;
  /** Ends the process at once. */
  leave(code: number): void;
  /** The text of a local file, or `null` where it can't be read. */
  readText(path: string): string | null;
}
