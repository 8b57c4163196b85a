#!/usr/bin/env node
import { createProcessWorld, flushOutput } from "./cli/process-world.ts";
import { EXIT } from "./cli/exit-code.ts";
import { run } from "./cli/run.ts";

const code = await run(process.argv.slice(2), createProcessWorld(), {
  loadProject: async (options) => (await import("./compile/load.ts")).loadProject(options),
  connectTarget: async (target, options) =>
    (await import("./connect.ts")).connectTarget(target, options),
});

const lost = await flushOutput();
if (lost !== undefined)
  process.stderr.write(`hostkit: its output could not be written: ${lost.message}\n`);
process.exit(lost !== undefined && code === EXIT.ok ? EXIT.failed : code);
