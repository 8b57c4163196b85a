import type { ResourceId } from "../../shared/brands.ts";
import { type Diagnostic, HostKitError } from "../../shared/diagnostic.ts";
import { keyFileText } from "../../shared/resources/account.ts";
import { parentOf } from "../../shared/resources/path-fields.ts";
import type { Entry, Host, LookingHost, Metadata } from "../host/host.ts";

/**
 * `~/.ssh/authorized_keys`. The home directory is the user's own, and what lies in it may be a trap: a link that
 * would make root write somewhere else. So nothing is read or written there unless every part is what it should be
 * and belongs to the user or to root, whom sshd trusts too (StrictModes).
 */

export interface KeyFile {
  readonly id: ResourceId;
  readonly home: string;
  /** `undefined` while the account does not exist. */
  readonly uid: number | undefined;
  /** The keys there should be. */
  readonly keys: readonly string[];
  /** Numbers that the account had or was to have besides; an undo finds what belongs to one of them. */
  readonly formerUids?: readonly number[];
}

/** Bytes; thousands of keys. */
export const LIMIT = 1024 * 1024;
/** Homes that say "none", see the Debian policy on system users. */
const NO_HOME = ["/nonexistent", "/dev/null"];
const OTHERS_WRITE = 0o022;

const ABSENT: Entry = { type: "absent" };

export const pathsOf = ({ home }: Pick<KeyFile, "home">) => {
  const base = home === "/" ? "" : home;
  return [home, `${base}/.ssh`, `${base}/.ssh/authorized_keys`] as const;
};

export interface FoundKeys {
  readonly keys: string[];
  /** Whether sshd takes the file as it is, going by owners and permissions. */
  readonly keyFile: "accepted" | "refused";
}

/** Reads the keys of all accounts in two batches, or says why one can't be trusted. */
export async function readKeys(
  host: LookingHost,
  files: readonly KeyFile[],
): Promise<(FoundKeys | { readonly problem: Diagnostic })[]> {
  if (files.length === 0) return [];
  const entries = await host.inspect(files.flatMap(pathsOf), { digest: false });
  const looked = files.map((file, index) => look(file, entries.slice(index * 3, index * 3 + 3)));
  // Only what proved to be a regular file is opened.
  const safe = files.filter(
    (_file, index) => looked[index]?.file.type === "file" && !looked[index].problem,
  );
  const bytes = await host.readFiles(
    safe.map((file) => pathsOf(file)[2]),
    { limit: LIMIT },
  );
  const texts = new Map(safe.map((file, index) => [file, bytes[index]]));
  return files.map((file, index) => {
    const { problem, file: entry, directory } = looked[index] as Look;
    if (problem !== undefined) return { problem };
    if (entry.type !== "file") return { keys: [], keyFile: "accepted" };
    const found = texts.get(file);
    if (found === null || found === undefined) {
      return {
        problem: distrust(
          file,
          pathsOf(file)[2],
          `is larger than ${LIMIT} bytes, or was removed just now`,
        ),
      };
    }
    const takes = entryTaken(directory, file) && entryTaken(entry, file);
    return {
      keys: keysIn(new TextDecoder().decode(found)),
      keyFile: takes ? "accepted" : "refused",
    };
  });
}

/** Comments and blank lines are not keys; see sshd(8), AUTHORIZED_KEYS FILE FORMAT. */
function keysIn(text: string): string[] {
  return text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "" && !line.startsWith("#"));
}

interface Look {
  readonly directory: Entry;
  readonly file: Entry;
  readonly problem: Diagnostic | undefined;
}

export function look(key: KeyFile, [home, directory, file]: readonly Entry[]): Look {
  const paths = pathsOf(key);
  const problem =
    (key.keys.length > 0 && NO_HOME.includes(key.home)
      ? distrust(key, key.home, "is not a place for keys: it says that the account has no home")
      : undefined) ??
    homeProblem(key, home ?? ABSENT) ??
    entryProblem(key, { path: paths[1], entry: directory ?? ABSENT, wanted: "directory" }) ??
    entryProblem(key, { path: paths[2], entry: file ?? ABSENT, wanted: "file" });
  return { directory: directory ?? ABSENT, file: file ?? ABSENT, problem };
}

/** The home itself may be a link that root made (`/home/ann` on another disk); its parent is not the user's. */
function homeProblem(key: KeyFile, entry: Entry): Diagnostic | undefined {
  if (entry.type === "symlink" && entry.uid === 0) return undefined;
  return entryProblem(key, { path: key.home, entry, wanted: "directory" });
}

function entryProblem(
  key: KeyFile,
  { path, entry, wanted }: { path: string; entry: Entry; wanted: "directory" | "file" },
): Diagnostic | undefined {
  if (entry.type === "absent") return undefined;
  if (entry.type === "unreadable") return distrust(key, path, `can't be looked at (${entry.code})`);
  if (entry.type === "symlink") return distrust(key, path, `is a symbolic link to ${entry.target}`);
  if (entry.type !== wanted) {
    return distrust(key, path, `is not a ${wanted === "file" ? "regular file" : "directory"}`);
  }
  if (entry.uid === 0 || entry.uid === key.uid || key.formerUids?.includes(entry.uid))
    return undefined;
  return distrust(key, path, `belongs to uid ${entry.uid}, neither to the account nor to root`);
}

function distrust({ id }: KeyFile, path: string, why: string): Diagnostic {
  return {
    severity: "error",
    side: "host",
    code: "HK4210",
    summary: "The place for an account's keys can't be trusted.",
    detail: `${id}: ${path} ${why}. Writing there as root could change something else on the host, and sshd would not accept the keys. Nothing was written there. Put it right (a plain directory and file of the user), or declare another home.`,
    resource: id,
  };
}

/** Writable by nobody else, and readable by sshd, which reads with the rights of the user. */
function entryTaken(entry: Entry, { uid }: KeyFile): boolean {
  if (entry.type === "absent" || entry.type === "unreadable") return false;
  if ((entry.mode & OTHERS_WRITE) !== 0) return false;
  return entry.uid === uid || (entry.mode & 0o004) !== 0;
}

/**
 * Makes the declared keys the only ones. Home and `.ssh` are made when missing. Everything is looked at once more
 * right before, since the user may have changed it after the plan.
 */
export async function writeKeys(
  host: Host,
  file: KeyFile & { readonly uid: number; readonly gid: number },
): Promise<void> {
  const paths = pathsOf(file);
  const [home = ABSENT, directory = ABSENT, over = ABSENT] = await host.inspect(paths, {
    digest: true,
  });
  const { problem } = look(file, [home, directory, over]);
  if (problem !== undefined) throw new HostKitError(problem);
  const owned = (mode: number): Metadata => ({ uid: file.uid, gid: file.gid, mode });
  if (home.type === "absent") await makeHome(host, file.home, owned(0o700));
  if (directory.type === "absent") await host.makeDirectory(paths[1], owned(0o700));
  else await host.setMetadata(paths[1], owned(0o700));
  await host.writeFile(paths[2], textOf(file.keys), owned(0o600), {
    parent: "real",
    over,
  });
}

async function makeHome(host: Host, home: string, metadata: Metadata): Promise<void> {
  const parents: string[] = [];
  for (let path = parentOf(home); path !== "/"; path = parentOf(path)) parents.unshift(path);
  const entries = await host.inspect(parents, { digest: false });
  for (const [index, path] of parents.entries()) {
    if (entries[index]?.type === "absent")
      await host.makeDirectory(path, { uid: 0, gid: 0, mode: 0o755 });
  }
  await host.makeDirectory(home, metadata);
}

async function* textOf(keys: readonly string[]): AsyncGenerator<Uint8Array> {
  yield bytesOf(keys);
}

/** The file as it is written. */
export const bytesOf = (keys: readonly string[]): Uint8Array =>
  new TextEncoder().encode(keyFileText(keys));
