import { UNIT_DIRECTORY } from "../../shared/resources/unit.ts";
import type { Entry, LookingHost } from "../host/host.ts";

/** Files of units as they lie on the disk. */
export interface UnitFile {
  readonly path: string;
  readonly entry: Entry;
  /** `null` where there is no regular file, or one that is too large to be a unit's. */
  readonly text: string | null;
}

/** Bytes; unit files are a few hundred. */
export const LIMIT = 1024 * 1024;

/** All of them in two calls. */
export async function readUnitFiles(
  names: readonly string[],
  host: LookingHost,
): Promise<UnitFile[]> {
  const paths = names.map((name) => `${UNIT_DIRECTORY}/${name}`);
  const entries = await host.inspect(paths, { digest: true });
  const readable = paths.filter((_path, index) => entries[index]?.type === "file");
  const bytes = readable.length === 0 ? [] : await host.readFiles(readable, { limit: LIMIT });
  // A byte order mark is part of what is there, and not part of what is declared.
  const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  const texts = new Map(
    readable.map((path, index) => {
      const content = bytes[index] ?? null;
      return [path, content === null ? null : decoder.decode(content)];
    }),
  );
  return paths.map((path, index) => ({
    path,
    entry: entries[index] ?? { type: "absent" },
    text: texts.get(path) ?? null,
  }));
}

/** What somebody did to a file that had this text, or was none; as a clause. */
export function unitFileEdit({ path, entry, text }: UnitFile, was: string | null) {
  if (entry.type === "absent") return was === null ? undefined : `${path} was removed`;
  if (entry.type === "file" && text !== null && text === was) return undefined;
  return was === null ? `something appeared at ${path}` : `${path} was changed`;
}
