import { dirname } from "node:path";
import { UNIT_DIRECTORY } from "../../shared/resources/unit.ts";
import { parseUnit } from "../../shared/systemd/unit-file.ts";
import { type Host, HostFault } from "../host/host.ts";
import type { Step } from "./driver.ts";

/** The links that make a unit enabled: what is enabled exactly is more than `enabled` or `disabled` can say. */

/** Where enabling and disabling make and remove links. */
const DIRECTORIES = [UNIT_DIRECTORY, "/run/systemd/system"];

/** Milliseconds; there are some hundred files. */
const TIMEOUT = 30_000;

/** Targets by path. */
export type Links = Readonly<Record<string, string>>;

/** All links there are. systemctl(1) can list them only for a unit that has a file. */
export async function readLinks(host: Host): Promise<Links> {
  const found = await host.run(["find", ...DIRECTORIES, "-type", "l"], { timeout: TIMEOUT });
  if (found.status !== 0) {
    throw new HostFault({
      code: "EIO",
      path: UNIT_DIRECTORY,
      message: `find failed below ${DIRECTORIES.join(" and ")}: ${found.stderr.trim()}`,
    });
  }
  const paths = found.stdout.split("\n").filter((path) => path !== "");
  const entries = await host.inspect(paths, { digest: false });
  return Object.fromEntries(
    paths.flatMap((path, index) => {
      const entry = entries[index];
      return entry?.type === "symlink" ? [[path, entry.target]] : [];
    }),
  );
}

const nameIn = (path: string) => path.slice(path.lastIndexOf("/") + 1);

/** Those that enabling or disabling the unit, by its old file or its new one, may make or remove. */
export function linksOf(
  links: Links,
  { desired, observed }: Step<"unit">,
  also: readonly string[],
): Links {
  const texts = [desired.content, observed.state === "present" ? observed.content : null];
  const names = new Set([desired.name, ...also, ...texts.flatMap((text) => alsoIn(text ?? ""))]);
  const own = Object.entries(links).filter(
    ([path, target]) => names.has(nameIn(path)) || names.has(nameIn(target)),
  );
  return Object.fromEntries(own);
}

/** Units that are enabled and disabled along with the one whose file this is. */
export function alsoIn(text: string): string[] {
  return parseUnit(text)
    .filter(({ section, name }) => section === "Install" && name === "Also")
    .flatMap(({ value }) => value.split(/\s+/));
}

/** Directives of [Install] with the directories that enabling makes beside the unit, see systemctl(1). */
const INSTALLS: Readonly<Record<string, string>> = {
  WantedBy: "wants",
  RequiredBy: "requires",
  UpheldBy: "upholds",
};

/** Of the directories that enabling a unit with this file needs, those that are not there. */
export async function missingDirectories(host: Host, text: string): Promise<readonly string[]> {
  const paths = parseUnit(text)
    .filter(({ section, name }) => section === "Install" && Object.hasOwn(INSTALLS, name))
    .flatMap(({ name, value }) =>
      value
        .split(/\s+/)
        .filter((target) => target !== "")
        .map((target) => `${UNIT_DIRECTORY}/${target}.${INSTALLS[name]}`),
    );
  const entries = await host.inspect(paths, { digest: false });
  return paths.filter((_path, index) => entries[index]?.type === "absent");
}

/** Makes the links `before` of those that are there `now`. */
export async function restoreLinks(
  host: Host,
  { before, now }: { readonly before: Links; readonly now: Links },
): Promise<void> {
  for (const path of Object.keys(now).filter((one) => before[one] === undefined)) {
    await host.removeFile(path);
    await removeIfEmpty(host, dirname(path));
  }
  for (const [path, target] of Object.entries(before)) {
    if (now[path] === target) continue;
    await ensureDirectory(host, dirname(path));
    await host.writeSymlink(path, target, { over: now[path] ?? null });
  }
}

/** As systemctl(1) disable does with the `.wants` of the last unit in it. */
export async function removeIfEmpty(host: Host, path: string): Promise<void> {
  if (DIRECTORIES.includes(path)) return;
  try {
    await host.removeDirectory(path);
  } catch (error) {
    if (!(error instanceof HostFault) || error.code !== "ENOTEMPTY") throw error;
  }
}

async function ensureDirectory(host: Host, path: string): Promise<void> {
  try {
    await host.makeDirectory(path, { uid: 0, gid: 0, mode: 0o755 });
  } catch (error) {
    if (!(error instanceof HostFault) || error.code !== "EEXIST") throw error;
  }
}
