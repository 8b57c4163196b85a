import { EXIT } from "../cli/exit-code.ts";
import type { Command } from "./command.ts";
import { load } from "./load.ts";

/** Compiles the declaration for every host; loading throws all that is wrong with it together. */
export const check: Command = async (context) => {
  const { project, configPath } = await load(context);
  const hosts = project.hosts.map((host) => host.name);
  context.view.checked({ configPath, hosts, resources: project.resources.length });
  return { exitCode: EXIT.ok, hosts: [] };
};
