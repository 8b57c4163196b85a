import { canonical } from "../../shared/canonical.ts";
import type { Observed } from "../../shared/resources/registry.ts";
import type { Entry, Metadata } from "../host/host.ts";
import type { Names } from "../host/names.ts";
import { WHAT } from "./path-problems.ts";
import { isPrivate } from "./path-steps.ts";
import { userAt } from "./new-home.ts";

/**
 * What is at a path against what was there: raw facts, since what a run does elsewhere may change how they are spelled. Owners
 * are numbers; one that is `undefined` is not known any more, and compared with nothing.
 */
export type Facts =
  | { readonly type: "absent" }
  | ({ readonly type: "file"; readonly sha256: string } & Owned)
  | ({ readonly type: "directory" } & Owned)
  | { readonly type: "symlink"; readonly target: string };

interface Owned {
  readonly uid: number | undefined;
  readonly gid: number | undefined;
  readonly mode: number;
}

interface Where {
  readonly path: string;
  readonly names: Names;
}

/** What somebody did to it, as a clause; `undefined` where it is as it was. */
export function editOf(now: Entry, was: Facts, where: Where): string | undefined {
  if (now.type === "absent") return was.type === "absent" ? undefined : "it was removed";
  if (now.type === "unreadable") return `it can't be looked at any more (${now.code})`;
  if (was.type === "absent") return `${WHAT[now.type]} appeared there`;
  if (now.type !== was.type) return `it became ${WHAT[now.type]}`;
  if (now.type === "symlink") return sameData(now, was) ? undefined : "it was led elsewhere";
  if (!sameData(now, was)) return "its content was changed";
  return metadataFits(now, [was as Owned], where)
    ? undefined
    : "its owner, group or permissions were changed";
}

/**
 * Whether an undo finds what was there before (its metadata perhaps half way between), or what the run put there. Neither is
 * somebody else's. Made but not yet owned by whom it should: a new directory, see `Host.makeDirectory`.
 */
export function standingOf(
  now: Entry,
  { before, after }: { readonly before: Facts; readonly after: Facts },
  where: Where,
): "before" | "after" | undefined {
  if (now.type === "absent") {
    if (before.type === "absent") return "before";
    return after.type === "absent" ? "after" : undefined;
  }
  if (sameData(now, before)) {
    const made = after.type === "absent" ? [] : [after, cleared(after)];
    const between = [before, cleared(before), ...made] as Owned[];
    return metadataFits(now, between, where) ? "before" : undefined;
  }
  if (!sameData(now, after)) return undefined;
  const halfMade = now.type === "directory" && isPrivate(now);
  return halfMade || metadataFits(now, [after as Owned], where) ? "after" : undefined;
}

/** All but owners and permissions. */
export function sameData(now: Entry, was: Facts): boolean {
  if (now.type === "file") return was.type === "file" && now.sha256 === was.sha256;
  if (now.type === "symlink") return was.type === "symlink" && now.target === was.target;
  return now.type === "directory" && was.type === "directory";
}

/** chown(2) takes setuid and setgid from a file, which comes before its mode is set. */
const cleared = (was: Facts): Facts =>
  was.type === "file" ? { ...was, mode: was.mode & ~0o6000 } : was;

/** Each field for itself: owner and permissions are changed one after the other. */
function metadataFits(now: Entry, were: readonly Owned[], where: Where): boolean {
  if (now.type !== "file" && now.type !== "directory") return true;
  const fits = (field: "uid" | "gid") =>
    were.some((was) => was[field] === undefined || was[field] === now[field]);
  return (
    (fits("uid") || uidCarried(now, were, where)) &&
    (fits("gid") || gidCarried(now, where)) &&
    were.some(({ mode }) => mode === now.mode)
  );
}

/**
 * usermod(8) gives what lies in a home to the new uid and primary group of its user. Where a change of the run did that, nobody
 * has the old number any more.
 */
function uidCarried(now: Metadata, were: readonly Owned[], { path, names }: Where): boolean {
  const isFree = (uid: number | undefined) => uid !== undefined && names.userName(uid) === `${uid}`;
  return now.uid === userAt(path, names)?.uid && were.some(({ uid }) => isFree(uid));
}

function gidCarried(now: Metadata, { path, names }: Where): boolean {
  return now.gid === userAt(path, names)?.gid;
}

/**
 * As observed before but for what its owners are called: a run that renumbers a group changes the name of an old number. Of
 * what is absent its parents count as well, which are not observed with it.
 */
export function sameButNames(
  before: Observed<"file" | "directory">,
  now: Observed<"file" | "directory">,
): boolean {
  if (before.state === "absent") return false;
  return canonical(withoutNames(before)) === canonical(withoutNames(now));
}

const withoutNames = ({ ...observed }: Observed<"file" | "directory">) => ({
  ...observed,
  owner: "",
  group: "",
});
