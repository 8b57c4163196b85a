import type { Command } from "../commands/command.ts";
import type { FlagName } from "./flags.ts";

/** One command as help and parser know it; its code is loaded only when it runs. */
export interface CommandSpec {
  readonly name: string;
  readonly summary: string;
  /** What it does, in full sentences. */
  readonly about: string;
  readonly flags: readonly FlagName[];
  /** Words behind its name, in order; one in brackets may be left out: `FILE`, `[SHELL]`. Absent: it takes none. */
  readonly words?: readonly string[];
  readonly examples: readonly { readonly line: string; readonly does: string }[];
  load(): Promise<Command>;
}
