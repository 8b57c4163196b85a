/**
 * HostKit as a library: loads the declaration beside this file, plans, asks, and applies exactly what was shown.
 *
 *     npx tsx deploy.ts --yes
 *     npx tsx deploy.ts --ssh root@192.0.2.7
 */
import { createInterface } from "node:readline";
import { parseArgs } from "node:util";
import { AbortError, apply, EXIT, exitCodeOf, HostKitError, load, plan } from "hostkit/api";
import type { Diagnostic, ExitCode, HostKitEvent, Planned } from "hostkit/api";

const { values } = parseArgs({
  options: { ssh: { type: "string" }, yes: { type: "boolean", default: false } },
});

// Before the first change Ctrl-C ends everything; later the run stops between two changes, and is taken back.
const interrupt = new AbortController();
process.once("SIGINT", () => interrupt.abort());
const { signal } = interrupt;

try {
  process.exitCode = await deploy();
} catch (error) {
  process.exitCode = exitCodeOf(error);
  if (error instanceof HostKitError) error.diagnostics.forEach(tell);
  else if (error instanceof AbortError) console.error(error.message);
  else throw error;
}

async function deploy(): Promise<ExitCode> {
  const declaration = await load({ cwd: import.meta.dirname });
  const where = values.ssh === undefined ? { host: "app" } : { host: "app", ssh: values.ssh };
  const planned = await plan(declaration, { ...where, signal, onEvent, settle: true });
  try {
    for (const { action, id } of planned.plan.changes) console.log(`${action} ${id}`);
    const { create, change, remove } = planned.summary;
    console.log(`${create} to create, ${change} to change, ${remove} to remove`);
    if (planned.plan.changes.length === 0) return EXIT.ok;
    if (!values.yes && !(await agrees(planned))) {
      console.log("Nothing was changed.");
      return signal.aborted ? EXIT.interrupted : EXIT.failed;
    }

    const result = await apply(planned, { signal, onEvent });
    console.log(`${result.host}: ${result.verdict}`);
    return exitCodeOf(result);
  } finally {
    await planned.close();
  }
}

/** Nobody there, or Ctrl-C, is no. */
async function agrees({ label, plan: { digest } }: Planned): Promise<boolean> {
  process.stderr.write(`Apply plan ${digest.slice(0, 12)} to ${label}? [y/N] `);
  const lines = createInterface({ input: process.stdin, terminal: false, signal });
  for await (const line of lines) return /^y(es)?$/i.test(line.trim());
  return false;
}

function onEvent(event: HostKitEvent): void {
  const { type, host } = event;
  if (type === "phase") console.error(`${host}: ${event.phase}`);
  if (type === "step") console.error(`${host}: ${event.resource} ${event.state}`);
  if (type === "stopping") console.error(`${host}: stops after the change that is being made`);
  if (type === "diagnostic") tell(event.diagnostic);
}

function tell({ severity, code, summary, detail }: Diagnostic): void {
  console.error(`${severity} ${code}: ${summary}\n${detail}`);
}
