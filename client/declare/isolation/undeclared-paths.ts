import { kindOf } from "../../../shared/resources/registry.ts";
import type { Project } from "../declared.ts";
import type { Fault } from "../fault.ts";
import type { Scope } from "../recorder.ts";
import type { ServiceSection } from "./directives-made.ts";

/** Directories that are on every host; see hier(7) and file-hierarchy(7). */
const ALWAYS = [
  "/ /boot /dev /dev/shm /etc /home /media /mnt /opt /proc /root /run /srv /sys /tmp /usr /usr/local /usr/local/bin",
  "/usr/local/lib /usr/local/share /var /var/cache /var/lib /var/log /var/spool /var/tmp",
].flatMap((line) => line.split(" "));

/** What systemd makes when a unit starts, by the directives that name it; see systemd.exec(5). */
const MADE_BY_SYSTEMD: Readonly<Record<string, string>> = {
  RuntimeDirectory: "/run",
  StateDirectory: "/var/lib",
  CacheDirectory: "/var/cache",
  LogsDirectory: "/var/log",
  ConfigurationDirectory: "/etc",
};

/** What names paths: an option of `isolate`. */
interface User {
  readonly option: "writable" | "readable";
  /** `unit:api.service`. */
  readonly id: string;
  /** Its directives of [Service]. */
  readonly service: ServiceSection;
  readonly scope: Scope;
}

/**
 * Paths that a unit names and that nothing declared makes, on a host that the unit is for: systemd would not start it (status
 * 226, NAMESPACE). A directory that is only above them does not help, and what is only below them may come later.
 */
export function undeclaredPaths(
  paths: readonly string[],
  { option, id, service, scope }: User,
  { hosts, resources, faults }: Pick<Project, "hosts" | "resources" | "faults">,
): Fault[] {
  const names = scope.hosts ?? (hosts.length === 0 ? [""] : hosts.map(({ name }) => name));
  const made = madeBySystemd(service);
  const isRefused = (path: string) => faults.some((fault) => fault.resource?.endsWith(`:${path}`));
  return [...new Set(paths)]
    .filter((path) => !ALWAYS.includes(path) && !isRefused(path))
    .filter((path) => !made.includes(path))
    .flatMap((path) => {
      const providers = resources.filter(({ kind, desired }) =>
        kindOf(kind).provides(desired).includes(`path:${path}`),
      );
      const lacking = names.filter(
        (name) => !providers.some((each) => each.hosts === null || each.hosts.includes(name)),
      );
      return lacking.length === 0 ? [] : [fault(path, { option, id, lacking, all: names })];
    });
}

function madeBySystemd(service: ServiceSection): string[] {
  return Object.entries(MADE_BY_SYSTEMD).flatMap(([name, root]) =>
    [service[name]]
      .flat()
      .flatMap((list) => (typeof list === "string" ? list.split(/\s+/) : []))
      .map((each) => `${root}/${each.split(":")[0]}`),
  );
}

interface Lack extends Pick<User, "option" | "id"> {
  readonly lacking: readonly string[];
  readonly all: readonly string[];
}

function fault(path: string, { option, id, lacking, all }: Lack): Fault {
  const where = lacking.length === all.length ? "" : ` on ${lacking.join(", ")}`;
  const directive = option === "writable" ? "ReadWritePaths" : "ReadOnlyPaths";
  const detail = `\`isolate.${option}\` of ${id} names ${path}, which nothing declares${where}, and where it is missing, systemd does not start the unit. Declare it, with \`s.storage\` or \`s.directory\`, also if it is there already. Where it may be missing: \`isolate: { directives: { ${directive}: ["-${path}"] } }\`.`;
  return { code: "HK1070", detail, resource: id };
}
