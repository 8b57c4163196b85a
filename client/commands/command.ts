import type { ExitCode } from "../cli/exit-code.ts";
import type { Options } from "../cli/flags.ts";
import type { Interrupt } from "../cli/interrupt.ts";
import type { Environment } from "../cli/options.ts";
import type { ResolvedTarget } from "../cli/target.ts";
import type { LoadedProject } from "../compile/load.ts";
import type { Session } from "../session.ts";
import type { OperatorSecrets } from "../secrets/operator-secrets.ts";
import type { HostResult, Phase, View } from "../view/view.ts";

/** Everything that reaches out of the command line, chosen by the entry file. */
export interface Services {
  loadProject(options: {
    readonly config: string | undefined;
    readonly cwd: string;
  }): Promise<LoadedProject>;
  connectTarget(
    target: ResolvedTarget,
    options: {
      readonly signal: AbortSignal;
      readonly onProgress: (phase: Phase) => void;
    },
  ): Promise<Session>;
}

/** What a command is given. */
export interface Context {
  readonly options: Options;
  readonly view: View;
  readonly services: Services;
  readonly interrupt: Interrupt;
  readonly env: Environment;
  /** The secrets that are looked up where HostKit runs. */
  readonly secrets: OperatorSecrets;
  readonly cwd: string;
  readonly version: string;
  readonly runtime: string;
  user(): string;
  /** Absent where nobody can be asked. `null`: the input ended. */
  readonly ask: ((question: string, signal: AbortSignal) => Promise<string | null>) | undefined;
}

export interface CommandResult {
  readonly exitCode: ExitCode;
  /** What became of each host, in the order in which they were named. */
  readonly hosts: readonly HostResult[];
}

/** One verb. It shows what it finds through the view; what it throws is shown for it. */
export type Command = (context: Context) => Promise<CommandResult>;
