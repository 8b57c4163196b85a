import { EXIT } from "../cli/exit-code.ts";
import type { Command } from "./command.ts";

export const version: Command = async (context) => {
  context.view.version(context.version, context.runtime);
  return { exitCode: EXIT.ok, hosts: [] };
};
