import type { ResourceId } from "../../shared/brands.ts";
import { type Diagnostic, HostKitError } from "../../shared/diagnostic.ts";
import { sha256 } from "../digest.ts";
import { type Entry, type Host, HostFault, type Metadata } from "../host/host.ts";
import { bytesOf, type KeyFile, LIMIT, look, pathsOf } from "./authorized-keys.ts";

/** What there was in a home before keys were written to it; `null` where there was nothing. */
export type KeysBefore = {
  readonly directory: Metadata | null;
  readonly file: (Metadata & { readonly sha256: string }) | null;
};

export async function rememberKeys(host: Host, home: string): Promise<KeysBefore> {
  const [, ...paths] = pathsOf({ home });
  const [directory, file] = await host.inspect(paths, { digest: true });
  return {
    directory: directory?.type === "directory" ? metadataOf(directory) : null,
    file:
      file?.type === "file" && file.sha256 !== undefined
        ? { ...metadataOf(file), sha256: file.sha256 }
        : null,
  };
}

const metadataOf = ({ uid, gid, mode }: Metadata): Metadata => ({ uid, gid, mode });

interface KeysUndo extends KeyFile {
  readonly before: KeysBefore;
  /** Where the file of before is kept. */
  readonly kept: string | undefined;
}

/**
 * Puts back the file and the directory of before, with the cares of `writeKeys`. A file that is neither the one of before
 * nor the one that was written is somebody's, and stays.
 */
export async function undoKeys(host: Host, undo: KeysUndo): Promise<void> {
  const { before } = undo;
  const paths = pathsOf(undo);
  const [home = ABSENT, directory = ABSENT, file = ABSENT] = await host.inspect(paths, {
    digest: true,
  });
  const fileStays = isAsBefore(file, before.file);
  if (fileStays && isAsBefore(directory, before.directory)) return;
  const { problem } = look(undo, [home, directory, file]);
  if (problem !== undefined) throw new HostKitError(problem);
  if (!fileStays) await putFileBack(host, undo, file);
  if (directory.type === "absent") return;
  if (before.directory === null) await removeIfEmpty(host, paths[1]);
  else await host.setMetadata(paths[1], before.directory);
}

const ABSENT: Entry = { type: "absent" };

function isAsBefore(
  entry: Entry,
  before: (Metadata & { readonly sha256?: string }) | null,
): boolean {
  if (before === null) return entry.type === "absent";
  return (
    (entry.type === "file" || entry.type === "directory") &&
    entry.uid === before.uid &&
    entry.gid === before.gid &&
    entry.mode === before.mode &&
    (entry.type === "directory" || entry.sha256 === before.sha256)
  );
}

async function putFileBack(host: Host, undo: KeysUndo, now: Entry): Promise<void> {
  const { id, before, kept, keys } = undo;
  const path = pathsOf(undo)[2];
  const known: (string | undefined)[] = [before.file?.sha256, sha256(bytesOf(keys))];
  if (now.type !== "file" || !known.includes(now.sha256)) throw changed(id, path, now);
  if (before.file === null) {
    await host.removeFile(path, { parent: "real" });
    return;
  }
  const [bytes] = kept === undefined ? [] : await host.readFiles([kept], { limit: LIMIT });
  // Where the path led elsewhere for a moment, something else was kept, which the user must not get.
  if (bytes === null || bytes === undefined || sha256(bytes) !== before.file.sha256) {
    throw notKept(id, path);
  }
  // Written like new keys rather than linked: only that never leaves a directory that was swapped meanwhile.
  await host.writeFile(path, once(bytes), metadataOf(before.file), {
    parent: "real",
    over: now,
  });
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

async function removeIfEmpty(host: Host, path: string): Promise<void> {
  try {
    await host.removeDirectory(path);
  } catch (error) {
    // By now the user keeps something else there.
    if (!(error instanceof HostFault) || error.code !== "ENOTEMPTY") throw error;
  }
}

const failure = (
  id: ResourceId,
  code: Diagnostic["code"],
  text: Pick<Diagnostic, "summary" | "detail">,
) => new HostKitError({ severity: "error", side: "host", code, ...text, resource: id });

function changed(id: ResourceId, path: string, now: Entry): HostKitError {
  const what = now.type === "absent" ? "was removed" : "has other keys";
  return failure(id, "HK4221", {
    summary: "The keys of an account were changed by somebody else after the run.",
    detail: `${id}: ${path} ${what} by now: it is neither the file of before the run nor the one that the run wrote. It was left as it is, so keys of the run may still open the account. Look at it on the host; the run's directory has the file of before, if there was one.`,
  });
}

function notKept(id: ResourceId, path: string): HostKitError {
  return failure(id, "HK4224", {
    summary: "The keys that an account had before the run were not kept.",
    detail: `${id}: the copy of ${path} is missing from the run's directory, or is not the file that was there before the run, so it can't be put back. The keys were left as they are. Write the right ones by hand, or declare and push them.`,
  });
}
