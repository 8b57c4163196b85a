import { mkdirSync, readdirSync, readFileSync, rmdirSync } from "node:fs";
import { join } from "node:path";

const mountInfo = "/proc/self/mountinfo";

/**
 * A machine's own control group in each hierarchy that systemd uses: the unified one, and on cgroup v1 the one named
 * `systemd`. Without it two machines' systemd share `system.slice` and would stop each other's services.
 */
export interface ControlGroup {
  readonly directories: readonly string[];
}

export function createControlGroup(name: string): ControlGroup {
  const group = controlGroupAt(name);
  if (!systemdHierarchies(readFileSync(mountInfo, "utf8")).has("cgroup2"))
    throw new Error("Test hosts need cgroup2 mounted on this machine, beside cgroup v1 or alone.");
  for (const directory of group.directories) mkdirSync(directory, { recursive: true });
  return group;
}

export function controlGroupAt(name: string): ControlGroup {
  const hierarchies = systemdHierarchies(readFileSync(mountInfo, "utf8"));
  return { directories: [...hierarchies.values()].map((mount) => join(mount, name)) };
}

/** Kills every process in the group, by its id. Returns false once none is left. */
export function killControlGroup(group: ControlGroup): boolean {
  let found = false;
  for (const directory of group.directories)
    for (const pid of processesBelow(directory)) {
      found = true;
      kill(pid);
    }
  return found;
}

export function removeControlGroup(group: ControlGroup): void {
  for (const directory of group.directories) removeTree(directory);
}

/** Mount points by file system type, from the text of `/proc/self/mountinfo`. */
export function systemdHierarchies(mounts: string): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const line of mounts.split("\n")) {
    const [left, right] = line.split(" - ");
    const mountPoint = left?.split(" ")[4];
    const [type, , superOptions] = right?.split(" ") ?? [];
    if (mountPoint === undefined || type === undefined) continue;
    const named = type === "cgroup" && superOptions?.split(",").includes("name=systemd");
    if ((type === "cgroup2" || named) && !found.has(type)) found.set(type, mountPoint);
  }
  return found;
}

function processesBelow(directory: string): number[] {
  return groupsBelow(directory).flatMap((group) => {
    try {
      return readFileSync(join(group, "cgroup.procs"), "utf8")
        .split("\n")
        .filter((line) => line !== "" && line !== "0")
        .map(Number);
    } catch (error) {
      if (isGone(error)) return [];
      throw error;
    }
  });
}

/** Children before parents. */
function groupsBelow(directory: string): string[] {
  try {
    const children = readdirSync(directory, { withFileTypes: true }).filter((entry) =>
      entry.isDirectory(),
    );
    return [...children.flatMap((child) => groupsBelow(join(directory, child.name))), directory];
  } catch (error) {
    if (isGone(error)) return [];
    throw error;
  }
}

function removeTree(directory: string): void {
  for (const group of groupsBelow(directory)) rmdirSync(group);
}

function kill(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "ESRCH")) throw error;
  }
}

function isGone(error: unknown): boolean {
  return (
    error instanceof Error &&
    "code" in error &&
    (error.code === "ENOENT" || error.code === "ENODEV")
  );
}
