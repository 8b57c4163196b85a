import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type DiskContent, type Known, readContents } from "./disk-contents.ts";
import { type DiskEntry, listDisk } from "./disk-listing.ts";
import type { TestHost } from "./host.ts";
import { unitStates } from "./unit-states.ts";

/**
 * What a host is, as far as an apply could change it: paths, `account …` and `unit …`, each with its fields. Not when that
 * became so: a file that was replaced and put back is the same.
 */
export type HostState = ReadonlyMap<string, Item>;
export type Item = Readonly<Record<string, string>>;

export interface HostStateOptions {
  /** Those whose state in systemd counts; their files always do. */
  readonly units?: readonly string[];
}

/** The agent's own directory, what `fault.ts` installs, and what is told by `account …` or belongs to its tools. */
const leftOut =
  /^\/(?:var\/lib\/hostkit|opt\/hostkit-fault|etc\/(?:systemd\/system\/hostkit-run-\.service\.d|ld\.so\.preload|(?:passwd|group|shadow|gshadow|subuid|subgid)-?|\.pwd\.lock))(?:\/|$)/;

const databases = ["passwd", "group", "shadow", "gshadow"];
const remembered = new WeakMap<TestHost, Known>();

/**
 * Looks at a host, from this side. The first time all files are read, which takes a second or two; afterwards only what was
 * touched since, so that a look costs less than a command by ssh.
 */
export async function hostState(
  host: TestHost,
  { units = [] }: HostStateOptions = {},
): Promise<HostState> {
  const [disk, states] = await Promise.all([look(host), unitStates(host, units)]);
  return new Map([...disk, ...accounts(host), ...states]);
}

async function look(host: TestHost): Promise<Iterable<[string, Item]>> {
  const known: Known = remembered.get(host) ?? new Map();
  remembered.set(host, known);
  const listed = await listDisk(host.rootDirectory);
  const entries = new Map([...listed].filter(([path]) => !leftOut.test(path)));
  await readContents(host.rootDirectory, entries, known);
  return [...entries].map(([path, entry]) => [path, item(entry, known.get(path)?.read)]);
}

function item(
  { type, mode, owner, target, links }: DiskEntry,
  read: DiskContent | undefined,
): Item {
  // Of a directory they count what is below it.
  return { type, mode, owner, target, links: type === "d" ? "" : links, ...read };
}

/** All that a Debian without other sources of accounts has; the order of lines says nothing. */
function accounts(host: TestHost): [string, Item][] {
  return databases.flatMap((database) => {
    const lines = readFileSync(join(host.rootDirectory, "etc", database), "utf8").split("\n");
    return lines
      .filter((line) => line !== "")
      .map((line): [string, Item] => [`account ${database}:${line.split(":")[0]}`, { line }]);
  });
}
