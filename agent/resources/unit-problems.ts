import type { ResourceId } from "../../shared/brands.ts";
import type { Diagnostic } from "../../shared/diagnostic.ts";
import type { ResourceOf } from "../../shared/resources/registry.ts";
import { UNIT_DIRECTORY } from "../../shared/resources/unit.ts";
import type { Entry } from "../host/host.ts";
import type { Holder } from "../host/sockets.ts";
import type { Port } from "./driver.ts";

/** Why a unit can't be managed as it is, in words for a person. */

export interface AboutUnit {
  readonly id: ResourceId;
  readonly name: string;
}

const problem = (
  { id }: Pick<AboutUnit, "id">,
  code: Diagnostic["code"],
  text: Pick<Diagnostic, "summary" | "detail">,
): Diagnostic => ({ severity: "error", side: "host", code, ...text, resource: id });

export function noSystemd(unit: AboutUnit, why: string): Diagnostic {
  return problem(unit, "HK4300", {
    summary: "The host has no running systemd to ask.",
    detail: `${unit.id} needs systemd as the host's init and the right to talk to it; instead: ${why}. In a container or on a host with another init, leave units out; else connect as root.`,
  });
}

export function masked(unit: AboutUnit, where: string): Diagnostic {
  return problem(unit, "HK4301", {
    summary: "The unit is masked.",
    detail: `Somebody masked ${unit.name} on the host (${where}), so that nothing can start it. HostKit does not override that: run \`systemctl unmask ${unit.name}\` there if it should be managed, then plan again.`,
  });
}

/** Anything but a regular file at the unit's path. */
export function notPlain(unit: AboutUnit, entry: Entry): Diagnostic {
  const path = `${UNIT_DIRECTORY}/${unit.name}`;
  if (entry.type === "symlink" && entry.target === "/dev/null")
    return masked(unit, `${path} is a link to /dev/null`);
  const found =
    entry.type === "symlink"
      ? `a symbolic link to ${entry.target}, as systemctl link and aliases make them`
      : entry.type === "directory"
        ? "a directory"
        : entry.type === "unreadable"
          ? `not readable for the agent (${entry.code})`
          : "not a regular file";
  return problem(unit, "HK4302", {
    summary: "The unit's file is not a plain file.",
    detail: `${path} is ${found}, and ${unit.id} would be written there. HostKit never removes it silently: remove it yourself (systemctl disable ${unit.name} removes links), then plan again.`,
  });
}

export function tooLarge(unit: AboutUnit, limit: number): Diagnostic {
  return problem(unit, "HK4302", {
    summary: "The unit's file is not a plain file.",
    detail: `${UNIT_DIRECTORY}/${unit.name} is larger than ${limit} bytes, which no unit file is, so ${unit.id} was not compared. Move it away, then plan again.`,
  });
}

export function alias(unit: AboutUnit, canonical: string): Diagnostic {
  return problem(unit, "HK4303", {
    summary: "The unit is another name of a unit.",
    detail: `On the host ${unit.name} is only another name of ${canonical}, and a file of its own would break it off. Declare ${canonical} instead.`,
  });
}

export function overridden(unit: AboutUnit, fragment: string): Diagnostic {
  return problem(unit, "HK4304", {
    summary: "Something that comes first defines the unit.",
    detail: `systemd takes ${unit.name} from ${fragment}, which comes before ${UNIT_DIRECTORY} (systemd.unit(5), UNIT FILE LOAD PATH), so a file there would have no effect. Stop what made it (systemd-run, or a generator), then plan again.`,
  });
}

/** Declared without a file of its own, which only a unit that is there already can do without. */
export function notThere(unit: AboutUnit): Diagnostic {
  return problem(unit, "HK4306", {
    summary: "The unit does not exist on the host.",
    detail: `${unit.id} is declared without \`content\` and without sections, as one whose file comes with a package; but systemd knows no ${unit.name}. Install what brings it, look for its name (systemctl list-unit-files), or declare what is in it.`,
  });
}

export function notLoadable(
  unit: AboutUnit,
  { why, isOurs }: { readonly why: string; readonly isOurs: boolean },
): Diagnostic {
  const detail = isOurs
    ? `The file of ${unit.id} is on the host as declared, and systemd refuses it: ${why}. Correct the declaration (systemd-analyze verify ${UNIT_DIRECTORY}/${unit.name} explains it on the host), then push again.`
    : `${unit.id} comes with a package, and systemd refuses it: ${why}. Correct its file or a drop-in of it (systemd-analyze verify ${unit.name} explains it on the host), then plan again.`;
  return problem(unit, "HK4305", { summary: "systemd can't load the unit.", detail });
}

type Told = Pick<ResourceOf<"unit">, "id" | "source" | "desired">;

/** Told of a unit that starts now as an error, of another one as a warning. */
const foreseen = (
  { id, source }: Told,
  severity: Diagnostic["severity"],
  text: Pick<Diagnostic, "code" | "summary" | "detail">,
): Diagnostic => ({
  severity,
  side: "host",
  ...text,
  resource: id,
  ...(source === undefined ? {} : { source }),
});

const consequence = (severity: Diagnostic["severity"]) =>
  severity === "error"
    ? "So it could not be started, and nothing was changed."
    : "As long as that is so, it can't be started.";

export function programMissing(
  unit: Told,
  {
    program,
    goes,
    severity,
  }: {
    readonly program: string;
    readonly goes: boolean;
    readonly severity: Diagnostic["severity"];
  },
): Diagnostic {
  const where = goes
    ? "is removed by this very push, since nothing declares it any more"
    : "is neither on the host nor declared";
  return foreseen(unit, severity, {
    code: "HK4121",
    summary: "A unit's program is missing.",
    detail: `${unit.id} runs ${program}, which ${where}. ${consequence(severity)} Declare the file, install what brings it, or correct the path.`,
  });
}

export function ownerUnknown(
  unit: Told,
  { who, severity }: { readonly who: string; readonly severity: Diagnostic["severity"] },
): Diagnostic {
  return foreseen(unit, severity, {
    code: "HK4122",
    summary: "A unit's user or group does not exist.",
    detail: `${unit.id} runs as the ${who}, which neither exists on the host nor is declared. ${consequence(severity)} Declare it (account or group), or choose one that exists.`,
  });
}

export function portTaken(
  unit: Told,
  {
    port: { host, port, protocol },
    holder,
    severity,
  }: {
    readonly port: Port;
    readonly holder: Holder | undefined;
    readonly severity: Diagnostic["severity"];
  },
): Diagnostic {
  const address = `${host.includes(":") ? `[${host}]` : host}:${port}`;
  const who =
    holder === undefined
      ? "a process that the agent can't see into"
      : `${holder.program || "a process"} (process ${holder.pid}${holder.unit === undefined ? "" : `, of ${holder.unit}`})`;
  const what =
    severity === "error"
      ? "only one program can have it, so the unit would fail. Nothing was changed."
      : "it may have to be free before the unit can start.";
  return foreseen(unit, severity, {
    code: "HK4123",
    summary: "A port that a unit is to listen on is taken.",
    detail: `${unit.id} is declared to listen on ${address}${protocol === "udp" ? " (UDP)" : ""}, and ${who} listens there already: ${what} Stop that first, or declare another port or address.`,
  });
}
