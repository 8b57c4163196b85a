import type { Diagnostic } from "../../shared/diagnostic.ts";
import { placeOfPath } from "../../shared/links.ts";
import { resolveTarget } from "../../shared/resources/symlink.ts";
import { type Directive, parseUnit, settingOf } from "../../shared/systemd/unit-file.ts";
import type { PreflightContext, Step } from "./driver.ts";
import { type Work, workOf } from "./unit-batch.ts";
import { takenPorts } from "./unit-ports.ts";
import * as problems from "./unit-problems.ts";

interface Planned {
  readonly work: Work;
  readonly directives: readonly Directive[];
  /** It must be able to run now; else it will have to, some day. */
  readonly severity: Diagnostic["severity"];
}

/** What would keep units from running, of those that are written or started: their programs, whom they run as, their ports. */
export async function preflightUnits(
  steps: readonly Step<"unit">[],
  context: PreflightContext,
): Promise<Diagnostic[]> {
  const planned = steps.flatMap((step): Planned[] => {
    const work = workOf(step);
    const starts = work.job === "start" || work.job === "restart";
    if (step.desired.content === undefined || !(starts || work.write)) return [];
    const directives = parseUnit(step.desired.content);
    return [{ work, directives, severity: starts ? "error" : "warning" }];
  });
  return [
    ...(await missingPrograms(planned, context)),
    ...(await unknownOwners(planned, context)),
    ...(await takenPorts(steps, context)),
  ];
}

/** Links in a row that are followed. */
const LINKS = 8;

async function missingPrograms(
  planned: readonly Planned[],
  { host, provided, going, links }: PreflightContext,
): Promise<Diagnostic[]> {
  const programs = planned.flatMap((one) =>
    programsIn(one.directives).map((program) => ({
      ...one,
      program,
      place: placeOfPath(program, links),
    })),
  );
  const isProvided = ({ program, place }: { program: string; place: string }) =>
    provided(`path:${program}`) || provided(`path:${place}`);
  const asked = programs.filter((one) => !isProvided(one));
  const missing = new Set(await absentAmong([...new Set(asked.map(({ place }) => place))], host));
  return asked.flatMap(({ work, severity, program, place }) => {
    const goes = going(`path:${place}`);
    return goes || missing.has(place)
      ? [problems.programMissing(work.step.resource, { program, goes, severity })]
      : [];
  });
}

/** What is put before a program, and the program, in quotes or not; see systemd.service(5), COMMAND LINES. */
const FIRST_WORD = /^([-@:+!|]*)(?:"([^"]*)"|'([^']*)'|(\S+))/;

/** Programs by their paths, as far as a failure to run them would be one of the unit. */
function programsIn(directives: readonly Directive[]): string[] {
  const set = (name: string) => settingOf(directives, "Service", name) ?? "";
  // What is there is not what the host has there.
  if (
    ["RootDirectory", "RootImage", "MountImages", "ExtensionImages"].some(
      (name) => set(name) !== "",
    )
  )
    return [];
  const commands: string[] = [];
  for (const { section, name, value } of directives) {
    if (section !== "Service" || name !== "ExecStart") continue;
    if (value === "") commands.length = 0;
    else commands.push(value);
  }
  return commands.flatMap((command) => {
    const [, marks = "", ...forms] = FIRST_WORD.exec(command) ?? [];
    const program = forms.find((form) => form !== undefined) ?? "";
    return marks.includes("-") || !program.startsWith("/") || /["'%$\\]/.test(program)
      ? []
      : [program];
  });
}

/** Those that are not there, or are links to nothing. */
async function absentAmong(
  paths: readonly string[],
  host: PreflightContext["host"],
): Promise<string[]> {
  let left = paths.map((path) => ({ path, at: path }));
  const absent: string[] = [];
  for (let round = 0; round < LINKS && left.length > 0; round++) {
    const entries = await host.inspect(
      left.map(({ at }) => at),
      { digest: false },
    );
    absent.push(
      ...left.flatMap(({ path }, index) => (entries[index]?.type === "absent" ? [path] : [])),
    );
    left = left.flatMap(({ path, at }, index) => {
      const entry = entries[index];
      return entry?.type === "symlink" ? [{ path, at: resolveTarget(at, entry.target) }] : [];
    });
  }
  return absent;
}

const LIMIT = 64 * 1024;

/** Users and groups that neither exist nor will. */
async function unknownOwners(
  planned: readonly Planned[],
  { host, names, provided }: PreflightContext,
): Promise<Diagnostic[]> {
  const unknown = planned.flatMap(({ work, directives, severity }) => {
    const set = (name: string) => settingOf(directives, "Service", name) ?? "";
    // systemd makes up the user.
    if (/^(?:yes|true|on|1)$/.test(set("DynamicUser"))) return [];
    const [user, group] = [set("User"), set("Group")].map((name) => (/[%]/.test(name) ? "" : name));
    const noUser = user && names.uidOf(user) === undefined && !provided(`user:${user}`);
    const noGroup = group && names.gidOf(group) === undefined && !provided(`group:${group}`);
    const who = noUser ? `user ${user}` : noGroup ? `group ${group}` : undefined;
    return who === undefined ? [] : [problems.ownerUnknown(work.step.resource, { who, severity })];
  });
  if (unknown.length === 0) return [];
  const [bytes] = await host.readFiles(["/etc/nsswitch.conf"], { limit: LIMIT });
  return knowsOthers(new TextDecoder().decode(bytes ?? new Uint8Array())) ? [] : unknown;
}

/** Whether users or groups come from elsewhere, too: from a directory service, for one; see nsswitch.conf(5). */
const knowsOthers = (nsswitch: string): boolean =>
  [...nsswitch.matchAll(/^\s*(?:passwd|group):(.*)$/gm)].some(([, sources = ""]) =>
    sources
      .replaceAll(/\[[^\]]*\]|#.*/g, "")
      .split(/\s+/)
      .some((source) => !["", "files", "compat", "systemd"].includes(source)),
  );
