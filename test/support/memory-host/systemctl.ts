import type { CommandResult } from "../../../agent/host/host.ts";
import { HANGS, type MemorySystemd } from "./manager.ts";
import { parseOptions } from "./options.ts";
import type { Tree } from "./tree.ts";
import { loadUnit, settingOf, type UnitOnDisk } from "./unit-files.ts";

const JOBS = ["start", "stop", "restart", "reload"] as const;

export interface SystemdContext {
  readonly manager: MemorySystemd;
  readonly tree: Tree;
}

/** systemctl(1) of systemd 252, as far as its output and statuses are relied on. */
export function systemctl(
  args: readonly string[],
  { manager, tree }: SystemdContext,
): CommandResult {
  if (manager.availability === "none") {
    return fail(
      "System has not been booted with systemd as init system (PID 1). Can't operate.\nFailed to connect to bus: Host is down",
    );
  }
  const { options, operands, unknown } = parseOptions(args, {
    values: ["--property"],
    flags: ["--no-ask-password", "--no-reload"],
  });
  if (unknown !== undefined) return fail(`systemctl: unrecognized option '${unknown}'`);
  const [verb = "", ...names] = operands;
  if (verb === "show")
    return show(manager, { names, properties: (options.get("--property") ?? "").split(",") });
  if (tree.uid !== 0) return fail(`Failed to ${verb}: Interactive authentication required.`);
  const job = JOBS.find((one) => one === verb);
  if (job !== undefined) return runJobs(manager, { job, names });
  switch (verb) {
    case "daemon-reload":
      manager.reload();
      return ok("");
    case "enable":
    case "disable":
      return install({ manager, tree }, { verb, names, reload: !options.has("--no-reload") });
    case "reset-failed":
      return told(names.flatMap((name) => manager.resetFailed(name) ?? []));
    default:
      return fail(`Unknown command verb ${verb}.`);
  }
}

export function journalctl(args: readonly string[], { manager }: SystemdContext): CommandResult {
  const { options, operands, unknown } = parseOptions(args, {
    values: ["--unit", "--lines", "--output"],
    flags: ["--no-pager", "--quiet"],
  });
  if (unknown !== undefined) return fail(`journalctl: unrecognized option '${unknown}'`);
  const [start] = operands;
  const lines = manager.journalOf(options.get("--unit") ?? "");
  if (start !== undefined) {
    const [, invocation = ""] = start.split("=");
    return ok(
      manager
        .journalSince(invocation)
        .map((line) => `${line}\n`)
        .join(""),
    );
  }
  return ok(
    lines
      .slice(-Number(options.get("--lines") ?? 10))
      .map((line) => `${line}\n`)
      .join(""),
  );
}

/** Names first, in the given order, then whatever in memory the patterns match. */
function show(
  manager: MemorySystemd,
  { names, properties }: { names: readonly string[]; properties: readonly string[] },
): CommandResult {
  const blocks: string[] = [];
  for (const name of names.filter((one) => !one.includes("*"))) {
    if (/^@|@\./.test(name)) {
      const message = `Failed to get properties: Unit name ${name} is neither a valid invocation ID nor unit name.`;
      return { ...fail(message), stdout: blocks.join("\n") };
    }
    blocks.push(block(manager, { name, properties }));
  }
  for (const pattern of names.filter((one) => one.includes("*"))) {
    const [before = "", after = ""] = pattern.split("*");
    const matches = manager
      .inMemory()
      .filter((name) => name.startsWith(before) && name.endsWith(after));
    blocks.push(...matches.map((name) => block(manager, { name, properties })));
  }
  return ok(blocks.join("\n"));
}

function block(
  manager: MemorySystemd,
  { name, properties }: { name: string; properties: readonly string[] },
): string {
  const { unit, needsReload } = manager.look(name);
  const { text, id, loadState, fragment } = unit.disk;
  const ofServices = {
    Type: settingOf(text, "Service", "Type") ?? (text === "" ? "" : "simple"),
    RemainAfterExit: settingOf(text, "Service", "RemainAfterExit") ?? "no",
    NRestarts: String(unit.restarts),
    ExecMainCode: unit.code,
    ExecMainStatus: unit.status,
  };
  // systemd prints in an order of its own, and nothing for what a unit does not have.
  const all: Record<string, string> = {
    ...(name.endsWith(".timer") ? {} : ofServices),
    Result: unit.result,
    Id: id,
    LoadState: loadState,
    ActiveState: unit.active,
    SubState: unit.sub,
    ActiveEnterTimestampMonotonic: String(unit.activeSince),
    FragmentPath: fragment,
    UnitFileState: unit.enablement,
    CanReload:
      loadState === "loaded" && settingOf(text, "Service", "ExecReload") !== undefined
        ? "yes"
        : "no",
    NeedDaemonReload: needsReload ? "yes" : "no",
    LoadError: loadError(unit.disk, name),
    InvocationID: unit.invocation,
  };
  return Object.entries(all)
    .filter(([property]) => properties.includes(property))
    .map(([property, value]) => `${property}=${value}\n`)
    .join("");
}

/** All or nothing: one unknown unit, and no link is made. */
function install(
  { manager, tree }: SystemdContext,
  {
    verb,
    names,
    reload,
  }: { verb: "enable" | "disable"; names: readonly string[]; reload: boolean },
): CommandResult {
  const disks = names.map((name) => loadUnit(tree, name));
  const missing = disks.find((disk) => disk.loadState === "not-found");
  if (missing !== undefined) {
    return fail(`Failed to ${verb} unit: Unit file ${missing.id} does not exist.`);
  }
  for (const disk of disks) manager.install(verb, disk);
  if (reload) manager.reload();
  return ok("");
}

/** Each in turn, whatever becomes of those before. */
function runJobs(
  manager: MemorySystemd,
  { job, names }: { job: (typeof JOBS)[number]; names: readonly string[] },
): CommandResult {
  const said: string[] = [];
  for (const name of names) {
    const answer = manager.job(job, name);
    if (answer === HANGS) return { status: null, signal: "SIGKILL", stdout: "", stderr: "" };
    if (answer !== undefined) said.push(answer);
  }
  return told(said);
}

const ok = (stdout: string): CommandResult => ({ status: 0, signal: null, stdout, stderr: "" });
const fail = (message: string): CommandResult => ({
  status: 1,
  signal: null,
  stdout: "",
  stderr: `${message}\n`,
});
const told = (said: readonly string[]) => (said.length === 0 ? ok("") : fail(said.join("\n")));

function loadError({ loadState }: UnitOnDisk, name: string): string {
  const message = {
    loaded: "",
    "not-found": `org.freedesktop.systemd1.NoSuchUnit "Unit ${name} not found."`,
    masked: `org.freedesktop.systemd1.UnitMasked "Unit ${name} is masked."`,
    "bad-setting": `org.freedesktop.systemd1.BadUnitSetting "Unit ${name} has a bad unit file setting."`,
  };
  return message[loadState];
}
