import type { ExitCode } from "../cli/exit-code.ts";
import type { Options } from "../cli/flags.ts";
import type { Environment } from "../cli/options.ts";
import type { Operating } from "../operate/operating.ts";
import type { Services } from "../services.ts";
import type { HostResult, View } from "../view/view.ts";

/** What a command is given. Work on hosts is given the same, and sees less of it: `talk` is the view. */
export interface Context extends Operating {
  readonly options: Options;
  readonly view: View;
  readonly services: Services;
  readonly env: Environment;
  readonly cwd: string;
  readonly version: string;
  readonly runtime: string;
  user(): string;
  /** Absent where nobody can be asked. `null`: the input ended. */
  readonly ask: Ask | undefined;
  /** As `ask`; what is typed is not shown. */
  readonly askHidden: Ask | undefined;
}

type Ask = (question: string, signal: AbortSignal) => Promise<string | null>;

export interface CommandResult {
  readonly exitCode: ExitCode;
  /** What became of each host, in the order in which they were named. */
  readonly hosts: readonly HostResult[];
}

/** One verb. It shows what it finds through the view; what it throws is shown for it. */
export type Command = (context: Context) => Promise<CommandResult>;
