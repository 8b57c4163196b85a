import type { AbsolutePath, ResourceId } from "../../shared/brands.ts";
import type { Difference } from "../../shared/change.ts";
import type { Diagnostic } from "../../shared/diagnostic.ts";
import { formatMode, modeBits, type FileMode } from "../../shared/file-mode.ts";
import { directory } from "../../shared/resources/directory.ts";
import { parentOf } from "../../shared/resources/path-fields.ts";
import { idOf, type ResourceOf } from "../../shared/resources/registry.ts";
import { placeOfPath } from "../../shared/links.ts";
import type { Entry, Host, LookingHost, Metadata } from "../host/host.ts";
import { HostFault } from "../host/host.ts";
import type { Names } from "../host/names.ts";
import type { ApplyContext, ReadContext } from "./driver.ts";
import { obstructed, obstructedParent, unknownName } from "./path-problems.ts";

/** What the drivers of things at a path (directory, file, symlink) share. */

export interface AtPath {
  readonly id: ResourceId;
  readonly desired: {
    readonly path: AbsolutePath;
    readonly owner?: string;
    readonly group?: string;
  };
}

export type Found<Type extends Entry["type"]> =
  | { readonly state: "absent"; readonly notes: readonly Difference[] }
  | { readonly state: "present"; readonly entry: Extract<Entry, { type: Type }> }
  | { readonly state: "problem"; readonly problem: Diagnostic };

/** Looks at all paths in two batches: the paths, then the parents of those that are missing. */
export async function findAll<Type extends "file" | "directory" | "symlink">(
  resources: readonly AtPath[],
  type: Type,
  context: ReadContext,
): Promise<Found<Type>[]> {
  const paths = resources.map((resource) => resource.desired.path);
  const entries = await context.host.inspect(paths, { digest: type === "file" });
  const absent = paths.flatMap((path, index) =>
    entries[index]?.type === "absent" ? [parentLater(path, context)] : [],
  );
  const parents = await inspectParents(absent, context.host);
  return resources.map((resource, index): Found<Type> => {
    const entry = entries[index] ?? { type: "absent" };
    const unknown = unknownName(resource, context);
    if (unknown !== undefined) return { state: "problem", problem: unknown };
    if (entry.type === "absent") return absentAt(resource, parents, context);
    if (entry.type === type) {
      return { state: "present", entry: entry as Extract<Entry, { type: Type }> };
    }
    return { state: "problem", problem: obstructed(resource.id, entry, type) };
  });
}

/** The directory above, as it will be reached when the links above it are as declared. */
const parentLater = (path: string, { links }: Pick<ReadContext, "links">): string =>
  placeOfPath(parentOf(path), links);

/** What each directory is, and all that are above them. */
async function inspectParents(
  paths: readonly string[],
  host: LookingHost,
): Promise<Map<string, Entry>> {
  const wanted = new Set<string>();
  for (const path of paths) {
    for (let parent = path; !wanted.has(parent); parent = parentOf(parent)) wanted.add(parent);
  }
  const list = [...wanted];
  const entries = await host.inspect(list, { digest: false });
  return new Map(list.map((path, index) => [path, entries[index] ?? { type: "absent" }]));
}

/** Parents that nobody declares and that are missing are made on the way, and the plan says so. */
function absentAt<Type extends Entry["type"]>(
  resource: AtPath,
  parents: ReadonlyMap<string, Entry>,
  context: ReadContext,
): Found<Type> {
  const found = onTheWay(resource.desired.path, parents, context);
  if ("blocked" in found) {
    const problem = obstructedParent(resource, found.blocked, parents.get(found.blocked)!);
    return { state: "problem", problem };
  }
  return { state: "absent", notes: noteOf(found.missing) };
}

type OnTheWay = { readonly missing: readonly string[] } | { readonly blocked: string };

const noteOf = (missing: readonly string[]): Difference[] =>
  missing.length === 0 ? [] : [{ field: "parents", before: null, after: [...missing] }];

/** Directories above a path that nobody declares and that are missing, outermost first; or what is none and can't be. */
function onTheWay(
  below: string,
  parents: ReadonlyMap<string, Entry>,
  context: ReadContext,
): OnTheWay {
  const missing: string[] = [];
  for (let path = parentLater(below, context); ; path = parentOf(path)) {
    const entry = parents.get(path) ?? { type: "absent" };
    if (entry.type === "directory" || entry.type === "symlink" || path === "/") break;
    if (entry.type !== "absent") return { blocked: path };
    if (!context.provided(`path:${path}`)) missing.unshift(path);
  }
  return { missing };
}

/** What the tools of others make on the way to each path, as a plan says it; where something is in the way they say so. */
export async function notesOnTheWay(
  paths: readonly string[],
  context: ReadContext,
): Promise<Difference[][]> {
  if (paths.length === 0) return [];
  const parents = await inspectParents(
    paths.map((path) => parentLater(path, context)),
    context.host,
  );
  return paths.map((path) => {
    const found = onTheWay(path, parents, context);
    return "missing" in found ? noteOf(found.missing) : [];
  });
}

/** Metadata as a plan shows it. */
export function describeMetadata(entry: Metadata, names: Names) {
  return {
    owner: names.userName(entry.uid),
    group: names.groupName(entry.gid),
    mode: formatMode(entry.mode),
    uid: entry.uid,
    gid: entry.gid,
  };
}

/** The declared spelling where it means who was found: digits for a name, or another name of the same number. */
export function sameSpelling(
  observed: ReturnType<typeof describeMetadata>,
  desired: { readonly owner: string; readonly group: string },
  names: Names,
): ReturnType<typeof describeMetadata> {
  return {
    ...observed,
    owner: names.uidOf(desired.owner) === observed.uid ? desired.owner : observed.owner,
    group: names.gidOf(desired.group) === observed.gid ? desired.group : observed.group,
  };
}

/** As `metadataFor`, before the run: what belongs to somebody who is yet to be made is root's until then. */
export async function expectedMetadata(
  desired: { readonly owner: string; readonly group: string; readonly mode: FileMode },
  context: Pick<ApplyContext, "names">,
): Promise<Metadata> {
  const names = await context.names();
  return {
    uid: names.uidOf(desired.owner) ?? 0,
    gid: names.gidOf(desired.group) ?? 0,
    mode: modeBits(desired.mode),
  };
}

/** Desired owner, group and mode as numbers; names made earlier in the same run are known. */
export async function metadataFor(
  desired: { readonly owner: string; readonly group: string; readonly mode: FileMode },
  context: ApplyContext,
): Promise<Metadata> {
  const names = await context.names();
  const uid = names.uidOf(desired.owner);
  const gid = names.gidOf(desired.group);
  if (uid === undefined || gid === undefined) {
    // The plan made sure that it exists or is created first: somebody removed it meanwhile.
    const missing = uid === undefined ? `user ${desired.owner}` : `group ${desired.group}`;
    throw new HostFault({
      code: "ENOENT",
      path: missing,
      message: `the ${missing} does not exist`,
    });
  }
  return { uid, gid, mode: modeBits(desired.mode) };
}

const PARENT: Metadata = { uid: 0, gid: 0, mode: 0o755 };

/** As `Host.makeDirectory` makes a directory before it gets its owner and mode; below one with setgid it gets that, too. */
export const isPrivate = ({ mode }: Metadata): boolean => (mode & ~0o2000) === 0o700;

const parentMetadata = ({ uid }: Host): Metadata =>
  uid === 0 ? PARENT : { ...PARENT, uid, gid: -1 };

/** Whether a parent is as `makeParents` makes it, or was left in the middle: it is private until it has its owner. */
export function isAsMade(entry: Entry | undefined, host: Host): boolean {
  if (entry?.type !== "directory") return false;
  const { uid, gid, mode } = parentMetadata(host);
  const isWhole = entry.mode === mode && (gid === -1 || entry.gid === gid);
  return entry.uid === uid && (isWhole || isPrivate(entry));
}

/** Makes the parents that the plan announced. Another step may have made some of them already. */
export async function makeParents(
  differences: readonly Difference[],
  { host }: Pick<ApplyContext, "host">,
): Promise<void> {
  for (const path of parentsIn(differences)) {
    try {
      await host.makeDirectory(path, parentMetadata(host));
    } catch (error) {
      if (!(error instanceof HostFault) || error.code !== "EEXIST") throw error;
    }
  }
}

/** Outermost first. */
export function parentsIn(differences: readonly Difference[]): readonly string[] {
  const parents = differences.find((difference) => difference.field === "parents")?.after;
  return Array.isArray(parents) ? parents : [];
}

/** The parents that were made on the way, as if somebody had declared them. */
export function madeParents(differences: readonly Difference[]): ResourceOf<"directory">[] {
  return parentsIn(differences).map((path) => ({
    id: idOf("directory", path),
    kind: "directory",
    desired: directory.desired.parse({ path }),
    dependsOn: [],
  }));
}
