import { type Directives, isOn, type ServiceSection } from "./directives-made.ts";
import type { Isolation } from "./options.ts";
import { isWithin, quotedPath } from "./quoted-path.ts";

/** What ProtectHome= and PrivateTmp= put something else in the place of; see systemd.exec(5). */
export const HOMES = ["/home", "/root", "/run/user"];
const TEMPORARY = ["/tmp", "/var/tmp"];

/** Places that a service finds something else in than others do. */
export function hiddenBy(directives: ServiceSection): string[] {
  const home = directives["ProtectHome"];
  return [
    ...(isOn(home) && home !== "read-only" ? HOMES : []),
    ...(isOn(directives["PrivateTmp"]) ? TEMPORARY : []),
  ];
}

const lines = (paths: readonly string[]) => [...new Set(paths)].map(quotedPath);

/** What it may read and write. `storage`: what it may write unless that is said. */
export function setPaths(
  directives: Directives,
  { writable, readable = [], hidden = [] }: Isolation,
  storage: readonly string[],
): void {
  const places = hiddenBy(directives);
  const isHidden = (path: string) => places.some((place) => isWithin(path, place));
  const add = (name: string, paths: readonly string[]) => {
    if (paths.length > 0) directives[name] = paths;
  };
  // Its own /tmp it may write anyway.
  const shown = (writable ?? storage).filter(
    (path) => !(isHidden(path) && TEMPORARY.includes(path)),
  );
  // An empty /home with what is shown of it; in one that can't be entered there is no place for it.
  const inHomes = [...shown, ...readable].filter((path) =>
    HOMES.some((home) => isWithin(path, home)),
  );
  if (inHomes.some(isHidden)) directives["ProtectHome"] = "tmpfs";
  if (isOn(directives["ProtectSystem"]) || isOn(directives["ProtectHome"])) {
    add("ReadWritePaths", lines(shown.filter((path) => !isHidden(path))));
  }
  add("BindPaths", lines(shown.filter(isHidden)));
  add("ReadOnlyPaths", lines(readable.filter((path) => !isHidden(path))));
  add("BindReadOnlyPaths", lines(readable.filter(isHidden)));
  add(
    "InaccessiblePaths",
    lines(hidden).map((path) => `-${path}`),
  );
}
