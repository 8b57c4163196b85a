import type { LoadedProject } from "./compile/load.ts";
import type { Surroundings } from "./doctor/surroundings.ts";
import type { ConnectTarget } from "./operate/operating.ts";

/** Everything that reaches out of this process: files of a declaration, and hosts. */
export interface Services {
  loadProject(options: {
    readonly config: string | undefined;
    readonly cwd: string;
  }): Promise<LoadedProject>;
  readonly connectTarget: ConnectTarget;
  /** The operator's machine, for whoever has to find out what is wrong with it. */
  surroundings(): Promise<Surroundings>;
}

/** The real ones, loaded when they are first used. */
export const SERVICES: Services = {
  loadProject: async (options) => (await import("./compile/load.ts")).loadProject(options),
  connectTarget: async (target, options) =>
    (await import("./connect.ts")).connectTarget(target, options),
  surroundings: async () => (await import("./doctor/process-surroundings.ts")).createSurroundings(),
};
