#!/usr/bin/env node
import { createProcessWorld, flushOutput } from "./cli/process-world.ts";
import { EXIT } from "./cli/exit-code.ts";
import { run } from "./cli/run.ts";
import { SERVICES } from "./services.ts";

const code = await run(process.argv.slice(2), createProcessWorld(), SERVICES);

const lost = await flushOutput();
if (lost !== undefined)
  process.stderr.write(`hostkit: its output could not be written: ${lost.message}\n`);
process.exit(lost !== undefined && code === EXIT.ok ? EXIT.failed : code);
