import type { LoadedProject } from "../compile/load.ts";
import type { Context } from "./command.ts";

/** Compiles and evaluates the declaration, showing that it takes a moment. */
export async function load({
  options,
  services,
  interrupt,
  view,
  cwd,
}: Context): Promise<LoadedProject> {
  const progress = view.progress(null);
  progress.phase({ name: "compiling" });
  try {
    const loaded = await interrupt.race(services.loadProject({ config: options.config, cwd }));
    progress.end();
    if (loaded.warnings.length > 0) view.diagnostics(loaded.warnings);
    view.detail(`Declaration: ${loaded.configPath}`);
    return loaded;
  } finally {
    progress.end();
  }
}
