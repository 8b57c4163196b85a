import type { ResourceId } from "../../shared/brands.ts";
import type { Host } from "../host/host.ts";
import { bytesOf } from "../host/bytes-of.ts";
import { DETACHED_HOME } from "./detached-home.ts";
import { changedMeanwhile } from "./shadow-tools.ts";
import { lockDatabases } from "./shadow-lock.ts";

/**
 * Puts lines of the account databases back as they were. No tool makes an account again with its password, its dates and its
 * ranges of subordinate ids, and none takes a password but by a way that others may see.
 */

/** Where a line is a user's by its first field; see passwd(5), shadow(5), subuid(5). */
const OF_USERS = ["/etc/passwd", "/etc/shadow", "/etc/subuid", "/etc/subgid"];
/** Where users are also members; see group(5), gshadow(5). */
const OF_GROUPS = ["/etc/group", "/etc/gshadow"];

export const ACCOUNT_DATABASES: readonly string[] = [...OF_USERS, ...OF_GROUPS];
export const GROUP_DATABASES: readonly string[] = OF_GROUPS;

export interface Removed {
  readonly id: ResourceId;
  readonly user?: string;
  readonly group?: string;
  /** Where a database is kept as it was; `undefined` where there was none. */
  readonly kept: (path: string) => string | undefined;
}

/** Bytes; larger databases are not local files. */
const LIMIT = 16 * 1024 * 1024;

/** Gives a user, or a group, the lines and memberships back that it had; everybody else's stay as they are now. */
export async function restoreLines(host: Host, removed: Removed): Promise<void> {
  const paths = ACCOUNT_DATABASES.filter((path) => removed.kept(path) !== undefined);
  await lockDatabases(host, { id: removed.id, paths }, async () => {
    const before = await linesIn(
      host,
      paths.map((path) => removed.kept(path) as string),
    );
    const now = await linesIn(host, paths);
    const entries = await host.inspect(paths, { digest: true });
    const writes = paths.flatMap((path, index) => {
      const [old = [], current = []] = [before[index], now[index]];
      const lines = mergedLines(path, { before: old, now: current, removed });
      return lines.join("\n") === current.join("\n")
        ? []
        : [{ path, lines, entry: entries[index] }];
    });
    for (const { path, lines, entry } of writes) {
      if (entry?.type !== "file") {
        throw changedMeanwhile(removed.id, `${path} is no plain file any more`);
      }
      await host.writeFile(path, bytesOf(lines.map((line) => `${line}\n`).join("")), entry, {
        over: entry,
      });
    }
  });
}

async function linesIn(host: Host, paths: readonly string[]): Promise<string[][]> {
  const contents = await host.readFiles(paths, { limit: LIMIT });
  return contents.map((bytes) => {
    const text = new TextDecoder().decode(bytes ?? new Uint8Array());
    return text === "" ? [] : text.replace(/\n$/, "").split("\n");
  });
}

interface Lines {
  readonly before: readonly string[];
  readonly now: readonly string[];
}

const keyOf = (line: string) => line.slice(0, line.indexOf(":"));

function mergedLines(
  path: string,
  { before, now, removed }: Lines & { readonly removed: Removed },
): readonly string[] {
  const { user, group, id } = removed;
  if (OF_USERS.includes(path)) {
    if (user === undefined) return now;
    if (path === "/etc/passwd") {
      refuseOthers({ before, now }, { id, name: user });
      refuseTaken({ before, now }, { id, name: user });
    }
    return withLinesOf(user, { before, now });
  }
  if (path === "/etc/group" && group !== undefined)
    refuseOthers({ before, now }, { id, name: group });
  const own = group === undefined ? now : withLinesOf(group, { before, now });
  return user === undefined ? own : withMemberships(user, { before, now: own });
}

/** A line of the name that is there by now is ours, or what a removal that was cut off left of it; else it is somebody's. */
function refuseOthers(
  { before, now }: Lines,
  { id, name }: { readonly id: ResourceId; readonly name: string },
): void {
  const [was, is] = [before, now].map((lines) => lines.find((line) => keyOf(line) === name));
  if (was === undefined || is === undefined || is === was || isDetached(is, was)) return;
  throw changedMeanwhile(id, `${name} is there again, and not as it was`);
}

/** See `detachGroup`; of a group only the members may differ. */
function isDetached(is: string, was: string): boolean {
  const [now, before] = [is.split(":"), was.split(":")];
  const isGroup = before.length === 4;
  return now[2] === before[2] && (isGroup || now[5] === DETACHED_HOME);
}

/** Somebody else may have got the number meanwhile: two names for one would share all files. */
function refuseTaken(
  { before, now }: Lines,
  { id, name }: { readonly id: ResourceId; readonly name: string },
): void {
  const uid = before.find((line) => keyOf(line) === name)?.split(":")[2];
  const holder = now.find((line) => keyOf(line) !== name && line.split(":")[2] === uid);
  if (holder === undefined || before.some((line) => keyOf(line) === keyOf(holder))) return;
  throw changedMeanwhile(id, `its uid ${uid} has been given to ${keyOf(holder)}`);
}

/** The lines of one name as they were, each where it was: behind the same line as before, if that is still there. */
function withLinesOf(name: string, { before, now }: Lines): readonly string[] {
  const own = before.filter((line) => keyOf(line) === name);
  const others = now.filter((line) => keyOf(line) !== name);
  if (own.length === 0) return now;
  const first = before.findIndex((line) => keyOf(line) === name);
  const ahead = before.slice(0, first).map(keyOf).toReversed();
  const anchor = ahead.find((key) => others.some((line) => keyOf(line) === key));
  const place =
    anchor === undefined ? 0 : others.findLastIndex((line) => keyOf(line) === anchor) + 1;
  return others.toSpliced(place, 0, ...own);
}

/** Fields with lists of users: members, and in gshadow(5) administrators before them. */
const MEMBER_FIELDS = [2, 3];

function withMemberships(user: string, { before, now }: Lines): readonly string[] {
  const old = new Map(before.map((line) => [keyOf(line), line.split(":")]));
  return now.map((line) => {
    const fields = line.split(":");
    const was = old.get(keyOf(line));
    if (was === undefined) return line;
    return fields
      .map((field, index) =>
        MEMBER_FIELDS.includes(index) ? withMember(user, { was: was[index] ?? "", field }) : field,
      )
      .join(":");
  });
}

function withMember(
  user: string,
  { was, field }: { readonly was: string; readonly field: string },
): string {
  const [before, now] = [was, field].map((list) => list.split(",").filter((name) => name !== ""));
  if (before?.includes(user) !== true || now?.includes(user) === true) return field;
  const isAllElse = before.filter((name) => name !== user).join(",") === now?.join(",");
  return isAllElse ? was : [...(now ?? []), user].join(",");
}
