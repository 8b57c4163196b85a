import { dirname, resolve } from "node:path";
import type { ContentRef } from "../../shared/content.ts";
import type { ContentSource, Project } from "../declare/declared.ts";
import type { Fault } from "../declare/fault.ts";
import { LocalFile } from "../declare/local-file.ts";
import { type ContentStore, messageOf } from "./contents.ts";
import type { SourceMap } from "./source-map.ts";

export type ContentRefs = ReadonlyMap<ContentSource, ContentRef>;

interface Resolving {
  readonly store: ContentStore;
  readonly sources: SourceMap;
  readonly configPath: string;
}

/** Reads all contents a project names; texts and bytes from the declaration, files from this machine. */
export async function resolveContents(
  project: Project,
  { store, sources, configPath }: Resolving,
): Promise<{ readonly refs: ContentRefs; readonly faults: readonly Fault[] }> {
  const refs = new Map<ContentSource, ContentRef>();
  const files = new Map<string, ContentRef>();
  const faults: Fault[] = [];

  const refOf = async (source: ContentSource): Promise<ContentRef> => {
    if (typeof source === "string") return store.addBytes(Buffer.from(source));
    if (!(source instanceof LocalFile)) return store.addBytes(source);
    const path = pathOf(source);
    const ref = files.get(path) ?? (await store.addFile(path));
    files.set(path, ref);
    return ref;
  };
  const pathOf = ({ path, frame }: LocalFile) =>
    resolve(dirname(sources.place(frame)?.path ?? configPath), path);

  for (const { id, contents, frame } of project.resources) {
    for (const [field, source] of Object.entries(contents)) {
      try {
        // One at a time: a project has few files, and a big one keeps the disk busy by itself.
        if (!refs.has(source)) refs.set(source, await refOf(source));
      } catch (error) {
        if (!(source instanceof LocalFile)) throw error;
        const detail = `\`${field}\` of ${id} is to come from ${pathOf(source)}, but ${messageOf(error)}. The path given, ${JSON.stringify(source.path)}, starts from the file it is written in.`;
        faults.push({ code: "HK1030", detail, resource: id, frame: source.frame ?? frame });
      }
    }
  }
  return { refs, faults };
}
