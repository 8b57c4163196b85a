import type { CommandSpec } from "./command-spec.ts";
import { DECLARING } from "./commands/declaring.ts";
import { CHANGING } from "./commands/changing.ts";
import { LOOKING } from "./commands/looking.ts";
import { RECORDING } from "./commands/recording.ts";
import { TELLING } from "./commands/telling.ts";

/** Every command there is, in the order in which help lists them. */
export const COMMANDS: readonly CommandSpec[] = [
  ...DECLARING,
  ...CHANGING,
  ...LOOKING,
  ...RECORDING,
  ...TELLING,
];
