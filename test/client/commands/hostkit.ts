import { run } from "../../../client/cli/run.ts";
import type { ExitCode } from "../../../client/cli/exit-code.ts";
import { createFakeWorld, type FakeWorld, type FakeWorldOptions } from "../cli/fake-world.ts";
import { createFakeServices, type FakeProject, type FakeServices } from "./fake-services.ts";

export interface Running {
  readonly world: FakeWorld;
  readonly services: FakeServices;
  readonly code: Promise<ExitCode>;
}

/** Starts a command line against fake hosts. */
export function start(
  line: string,
  project: FakeProject = {},
  options: FakeWorldOptions = {},
): Running {
  const world = createFakeWorld(options);
  const services = createFakeServices(project);
  const argv = line.split(" ").filter((word) => word !== "");
  return { world, services, code: run(argv, world, services) };
}

export interface Ran {
  readonly code: ExitCode;
  readonly world: FakeWorld;
  readonly log: readonly string[];
  readonly services: FakeServices;
}

/** Runs a command line against fake hosts to its end. */
export async function hostkit(
  line: string,
  project: FakeProject = {},
  options: FakeWorldOptions = {},
): Promise<Ran> {
  const running = start(line, project, options);
  return { ...running, code: await running.code, log: running.services.log };
}

/** Lets everything that is ready happen. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
}
