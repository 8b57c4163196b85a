import { type CommandResult, type Host, HostFault, type LookingHost } from "./host.ts";

/** The one place that knows how systemctl(1) and journalctl(1) are called and what they print. */

/** Milliseconds. Jobs may take as long as the units allow (TimeoutStartSec=, 90 s by default) and come in batches. */
const TIMEOUT = { query: 30_000, manage: 120_000, job: 600_000, journal: 10_000 } as const;

/** Units of one call, so that a long list does not exceed the limit on arguments. */
const CHUNK = 500;
const JOURNAL_LINES = 10;

type Runs = Pick<LookingHost, "run">;

/** systemctl could not do anything at all: it is missing, or nothing answers. */
export class NoSystemd extends Error {
  override readonly name = "NoSystemd";
}

async function call(host: Runs, args: readonly string[], timeout: number): Promise<CommandResult> {
  try {
    return await host.run(["systemctl", ...args], { timeout });
  } catch (error) {
    if (!(error instanceof HostFault)) throw error;
    throw new NoSystemd(`systemctl could not be run (${error.code})`, { cause: error });
  }
}

export type UnitState<Property extends string> = Readonly<Record<Property, string>>;

/**
 * Properties of units, in the order of the names; a property that a unit does not have is empty. systemd reads what
 * it has not in memory from disk for this, so a unit it never heard of yields `LoadState=not-found`, not an error.
 */
export async function showUnits<Property extends string>(
  host: Runs,
  names: readonly string[],
  properties: readonly Property[],
): Promise<UnitState<Property>[]> {
  const states: UnitState<Property>[] = [];
  for (let start = 0; start < names.length; start += CHUNK) {
    const chunk = names.slice(start, start + CHUNK);
    const found = await showBlocks(host, chunk, properties);
    if (found.length !== chunk.length) {
      throw new NoSystemd(`systemctl show described ${found.length} of ${chunk.length} units`);
    }
    states.push(...found);
  }
  return states;
}

/** Units named where many failed; each can be asked about. */
const FAILED_NAMED = 20;

/** How systemd itself is, and which units failed; `null` where it does not run the host. */
export async function readSystemState(
  host: Runs,
): Promise<{ readonly state: string; readonly failed: string[] } | null> {
  try {
    const { stdout } = await call(host, ["is-system-running"], TIMEOUT.query);
    const state = stdout.trim();
    if (state === "" || state === "offline" || state === "unknown") return null;
    const listed = ["list-units", "--state=failed", "--plain", "--no-legend", "--full"];
    const failed = await call(host, listed, TIMEOUT.query);
    const names = failed.stdout.split("\n").flatMap((line) => /^\S+/.exec(line.trim())?.[0] ?? []);
    return { state, failed: names.slice(0, FAILED_NAMED) };
  } catch (error) {
    if (error instanceof NoSystemd) return null;
    throw error;
  }
}

/** Properties of all units in memory that match shell patterns. */
export async function showMatching<Property extends string>(
  host: Runs,
  patterns: readonly string[],
  properties: readonly Property[],
): Promise<UnitState<Property>[]> {
  const states: UnitState<Property>[] = [];
  for (let start = 0; start < patterns.length; start += CHUNK) {
    states.push(...(await showBlocks(host, patterns.slice(start, start + CHUNK), properties)));
  }
  return states;
}

async function showBlocks<Property extends string>(
  host: Runs,
  names: readonly string[],
  properties: readonly Property[],
): Promise<UnitState<Property>[]> {
  const args = ["show", `--property=${properties.join(",")}`, "--", ...names];
  const { status, stdout, stderr } = await call(host, args, TIMEOUT.query);
  if (status !== 0)
    throw new NoSystemd(said(stderr) || `systemctl show ended with status ${status}`);
  return stdout
    .split(/\n{2,}/)
    .filter((block) => block.trim() !== "")
    .map((block) => parseBlock(block, properties));
}

function parseBlock<Property extends string>(
  block: string,
  properties: readonly Property[],
): UnitState<Property> {
  const values = new Map(
    block.split("\n").map((line) => {
      const equals = line.indexOf("=");
      return [line.slice(0, equals), line.slice(equals + 1)];
    }),
  );
  const entries = properties.map((property) => [property, values.get(property) ?? ""]);
  return Object.fromEntries(entries) as Record<Property, string>;
}

export type UnitVerb =
  | "enable"
  | "disable"
  | "start"
  | "stop"
  | "restart"
  | "reload"
  | "reset-failed";

const isJob = (verb: UnitVerb) =>
  verb === "start" || verb === "stop" || verb === "restart" || verb === "reload";

/**
 * Runs one verb on all units. Jobs are asked for in the given order, and each waits for earlier ones that its unit
 * has an `After=` on; so a unit must come behind those it follows, else systemd starts it before it hears of them.
 */
export async function systemctl(
  host: Host,
  verb: UnitVerb,
  names: readonly string[],
): Promise<CommandResult> {
  const options = ["--no-ask-password"];
  // The caller reloads once, after everything.
  if (verb === "enable" || verb === "disable") options.push("--no-reload");
  return call(host, [verb, ...options, "--", ...names], isJob(verb) ? TIMEOUT.job : TIMEOUT.manage);
}

export function daemonReload(host: Host): Promise<CommandResult> {
  return call(host, ["daemon-reload", "--no-ask-password"], TIMEOUT.manage);
}

/** The last lines a unit wrote, or that systemd wrote about it; none when the journal can't be read. */
export async function journalTail(host: Host, name: string): Promise<string[]> {
  try {
    const { stdout } = await host.run(
      [
        "journalctl",
        `--unit=${name}`,
        `--lines=${JOURNAL_LINES}`,
        "--output=cat",
        "--no-pager",
        "--quiet",
      ],
      { timeout: TIMEOUT.journal },
    );
    return said(stdout)
      .split("\n")
      .filter((line) => line.trim() !== "")
      .slice(-JOURNAL_LINES);
  } catch (error) {
    // A host without a journal: the failure is told without it.
    if (error instanceof HostFault) return [];
    throw error;
  }
}

/** What one start of a unit wrote, from the first line on, as far as it is of a sensible size; see systemd.exec(5), INVOCATION_ID. */
export async function journalSince(host: Host, invocation: string): Promise<string[]> {
  try {
    const { stdout } = await host.run(
      [
        "journalctl",
        `_SYSTEMD_INVOCATION_ID=${invocation}`,
        "--output=cat",
        "--no-pager",
        "--quiet",
      ],
      { timeout: TIMEOUT.journal },
    );
    return stdout.split("\n").filter((line) => line !== "");
  } catch (error) {
    if (error instanceof HostFault) return [];
    throw error;
  }
}

/** Why a unit is not loaded: the text within `org.freedesktop.systemd1.BadUnitSetting "…"`, without its full stop. */
export function loadMessage({
  LoadState,
  LoadError,
}: UnitState<"LoadState" | "LoadError">): string {
  return (/"(.*?)\.?"$/.exec(LoadError)?.[1] ?? LoadError) || LoadState;
}

/** Text of a program, safe to show: no escape sequences, no control characters. */
export function said(text: string): string {
  return (
    text
      // oxlint-disable-next-line no-control-regex
      .replace(/\u001b(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)?|.)/g, "")
      .replace(/\t/g, "  ")
      // oxlint-disable-next-line no-control-regex
      .replace(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/g, "")
      .trim()
  );
}
