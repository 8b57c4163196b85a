import { createHash } from "node:crypto";
import type { ResourceId } from "../../shared/brands.ts";
import type { SourceLocation } from "../../shared/diagnostic.ts";
import {
  type Desired,
  type DesiredInput,
  idOf,
  type Kind,
  kindOf,
  type Resource,
} from "../../shared/resources/registry.ts";

/** Resources for tests, without the declaration API. */

interface Extra {
  readonly dependsOn?: readonly string[];
  readonly source?: SourceLocation;
  readonly onRemove?: "delete" | "keep";
}

export function contentOf(text: string) {
  const sha256 = createHash("sha256").update(text).digest("hex");
  return { sha256, size: Buffer.byteLength(text), text: true };
}

function make<K extends Kind>(kind: K, input: DesiredInput<K>, extra: Extra = {}): Resource {
  const desired = kindOf(kind).desired.parse(input) as Desired<K>;
  const key = (desired as Record<string, unknown>)[kindOf(kind).key];
  return {
    id: idOf(kind, String(key)),
    kind,
    desired,
    dependsOn: (extra.dependsOn ?? []) as ResourceId[],
    ...(extra.source === undefined ? {} : { source: extra.source }),
    ...(extra.onRemove === undefined ? {} : { onRemove: extra.onRemove }),
  } as unknown as Resource;
}

type Options<K extends Kind, Key extends string> = Partial<Omit<DesiredInput<K>, Key>>;

export const declare = {
  file: (
    path: string,
    options: Options<"file", "path"> & { text?: string } = {},
    extra?: Extra,
  ) => {
    const { text = "", content = contentOf(text), ...rest } = options;
    return make("file", { path, content, ...rest }, extra);
  },
  directory: (path: string, options: Options<"directory", "path"> = {}, extra?: Extra) =>
    make("directory", { path, ...options }, extra),
  symlink: (path: string, options: { to: string; mustExist?: boolean }, extra?: Extra) =>
    make("symlink", { path, ...options }, extra),
  group: (name: string, options: Options<"group", "name"> = {}, extra?: Extra) =>
    make("group", { name, ...options }, extra),
  account: (name: string, options: Options<"account", "name"> = {}, extra?: Extra) =>
    make("account", { name, ...options }, extra),
  readiness: (name: string, options: Options<"readiness", "name">, extra?: Extra) =>
    make("readiness", { name, ...options }, extra),
  unit: (name: string, options: Options<"unit", "name">, extra?: Extra) =>
    make("unit", { name, ...options }, extra),
};
