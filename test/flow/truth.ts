import { sha256 } from "../../agent/digest.ts";
import { type Names, readNames } from "../../agent/host/names.ts";
import type { Difference } from "../../shared/change.ts";
import { modeBits, type FileMode } from "../../shared/file-mode.ts";
import type { Change, Plan } from "../../shared/plan.ts";
import type { MemoryHost } from "../support/memory-host/memory-host.ts";
import type { Node } from "../support/memory-host/nodes.ts";
import { ofTheHost } from "./joined.ts";

/** Whether a host has become what a plan said: told from the plan's words and the host's own files, without the agent's eyes. */

/** What is not as the plan said it would be; nothing where all that was certain came true. */
export async function broken(plan: Plan, host: MemoryHost): Promise<string[]> {
  const names = await readNames(host);
  return plan.changes.filter(isExact).flatMap((change) => {
    const path = pathOf(change);
    if (path === undefined) return [];
    const node = host.tree.find(path, { call: "lstat", follow: "parents" });
    if (change.action === "delete") return node === undefined ? [] : [`${change.id} is there`];
    if (node === undefined) return [`${change.id} is not there`];
    return change.differences
      .filter((difference) => !isTrue(difference, node, names))
      .map(({ field, after }) => `${change.id}: ${field} is not ${JSON.stringify(after)}`);
  });
}

function isTrue({ field, after }: Difference, node: Node, names: Names): boolean {
  if (field === "mode") return node.mode === modeBits(after as FileMode);
  if (field === "owner") return node.uid === names.uidOf(after as string);
  if (field === "group") return node.gid === names.gidOf(after as string);
  if (field === "to") return node.type === "symlink" && node.target === after;
  const isRef = field === "content" && typeof after === "object" && after !== null;
  if (!isRef || !("sha256" in after)) return true;
  return node.type === "file" && sha256(node.bytes) === after.sha256;
}

/** What is another and no change of the plan speaks of. */
export function unannounced(
  plan: Plan,
  { before, after }: { readonly before: readonly string[]; readonly after: readonly string[] },
): string[] {
  const links = [...before, ...after].flatMap((line) => {
    const [, from, to] = /^(\S+) link to (.*)$/.exec(line) ?? [];
    return from === undefined || to === undefined ? [] : [{ from, to }];
  });
  /** The path, and where it is when a link above it is followed. */
  const places = (path: string): string[] => [
    path,
    ...links.flatMap(({ from, to }) =>
      path.startsWith(`${from}/`) ? [`${to}${path.slice(from.length)}`] : [],
    ),
  ];
  const spoken = plan.changes
    .filter(({ action }) => action !== "none")
    .flatMap(spokenOf)
    .flatMap(places);
  const isSpoken = (line: string) => {
    const path = line.split(" ")[0] ?? "";
    return spoken.some((one) => path === one || (one.endsWith("/") && path.startsWith(one)));
  };
  const [was, is] = [new Set(before), new Set(after)];
  return [
    ...before.filter((line) => !is.has(line)).map((line) => `- ${line}`),
    ...after.filter((line) => !was.has(line)).map((line) => `+ ${line}`),
  ].filter((line) => !isSpoken(line.slice(2)));
}

const isExact = ({ prediction, action }: Change) =>
  prediction.class === "exact" && action !== "none";

const pathOf = ({ id }: Change) => /^(?:file|directory|symlink):(\/.*)$/.exec(id)?.[1];

const DATABASES = ["passwd", "group", "shadow", "gshadow"].flatMap((name) => [
  `/etc/${name}`,
  `/etc/${name}-`,
]);

/** Paths that a change names; one with a slash at the end stands for all below it. */
export function spokenOf(change: Change): string[] {
  const path = pathOf(change);
  const parents = change.differences.find(({ field }) => field === "parents")?.after;
  const made = Array.isArray(parents) ? parents : [];
  if (path !== undefined) return [path, ...made];
  const { kind, desired } = change.resource;
  if (kind === "account") {
    const { name, home = `/home/${name}` } = desired;
    // usermod(8) gives what is in a home to its owner's new number, so the home is the account's.
    return [...DATABASES, home, `${home}/`, ...made];
  }
  if (kind === "group") return DATABASES;
  return kind === "unit"
    ? [
        `/etc/systemd/system/${desired.name}`,
        "/etc/systemd/system/multi-user.target.wants",
        `/etc/systemd/system/multi-user.target.wants/`,
        desired.name,
      ]
    : [];
}

/** All that there is on the host, but what the agent keeps for itself. */
export const everything = (host: MemoryHost): string[] => [
  ...ofTheHost(host),
  ...host.systemd.describe(),
];
