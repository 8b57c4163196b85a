import * as fs from "node:fs";
import { dirname, join } from "node:path";
import { attempt, errnoOf } from "./fault.ts";
import { HostFault, type Metadata, type StagedEntry } from "./host.ts";
import type { Mount } from "./mounts.ts";

/** Bytes; a larger file is shown where it lies, since layers are in memory. */
const LARGE = 4 * 1024 * 1024;
/** As the kernel counts, see path_resolution(7). */
const MAX_LINKS = 40;
const ROOT: Metadata = { uid: 0, gid: 0, mode: 0o755 };

export interface StagedFile {
  /** Where links lead it to, and not where it was named. */
  readonly path: string;
  readonly source: string;
  /** Whether it is too large to be copied. */
  readonly large: boolean;
}

/** Entries on disk as layers: `tree/N` holds those that belong to the Nth mount. */
export class StagedTree {
  readonly files: StagedFile[] = [];
  /** Paths of entries that are not files, or are new: they can be shown by a layer only. */
  readonly needLayer: string[] = [];
  /** Mounts that have a layer. */
  readonly used = new Set<number>();
  readonly #directory: string;
  readonly #mounts: readonly Mount[];
  readonly #links = new Map<string, string>();

  constructor(directory: string, mounts: readonly Mount[]) {
    this.#directory = directory;
    this.#mounts = mounts;
  }

  async add(entry: StagedEntry): Promise<void> {
    const path = this.#resolve(entry.path, entry.type === "directory");
    const place = this.#placeOf(path);
    switch (entry.type) {
      case "file":
        return this.#addFile(entry, { path, place });
      case "directory":
        this.needLayer.push(path);
        return attempt(path, () => {
          fs.mkdirSync(place, { recursive: true });
          own(place, entry.metadata);
        });
      case "symlink":
        this.needLayer.push(path);
        this.#links.set(path, entry.target);
        return attempt(path, () => {
          fs.rmSync(place, { force: true });
          fs.symlinkSync(entry.target, place);
        });
    }
  }

  async #addFile(
    { content, metadata }: Extract<StagedEntry, { type: "file" }>,
    { path, place }: { readonly path: string; readonly place: string },
  ): Promise<void> {
    const large = join(this.#directory, "large", String(this.files.length));
    let size = 0;
    const fd = attempt(path, () => fs.openSync(place, "w", 0o600));
    try {
      for await (const piece of content) {
        attempt(path, () => fs.writeFileSync(fd, piece));
        size += piece.length;
      }
    } finally {
      fs.closeSync(fd);
    }
    attempt(path, () => own(place, metadata));
    if (!fs.lstatSync(path, { throwIfNoEntry: false })?.isFile()) this.needLayer.push(path);
    if (size > LARGE) {
      attempt(path, () => {
        fs.renameSync(place, large);
        fs.closeSync(fs.openSync(place, "w"));
      });
    }
    this.files.push({ path, source: size > LARGE ? large : place, large: size > LARGE });
  }

  /** Where in the layers a path lies; directories above it are made, and are as on the host. */
  #placeOf(path: string): string {
    const index = this.#mounts.reduce(
      (best, mount, at) =>
        isBelow(path, mount.path) && mount.path.length >= (this.#mounts[best]?.path.length ?? 0)
          ? at
          : best,
      0,
    );
    this.used.add(index);
    const mount = this.#mounts[index]?.path ?? "/";
    const layer = join(this.#directory, "tree", String(index));
    const place = join(layer, path.slice(mount === "/" ? 0 : mount.length));
    this.#makeLike(place === layer ? place : dirname(place), { layer, mount });
    return place;
  }

  #makeLike(place: string, at: { readonly layer: string; readonly mount: string }): void {
    if (fs.existsSync(place)) return;
    if (place !== at.layer) this.#makeLike(dirname(place), at);
    const live = join(at.mount, place.slice(at.layer.length));
    attempt(live, () => {
      fs.mkdirSync(place, { recursive: place === at.layer });
      const { uid, gid, mode } = fs.statSync(live, { throwIfNoEntry: false }) ?? ROOT;
      own(place, { uid, gid, mode: mode & 0o7777 });
    });
  }

  /** Follows links above the last part, as the host has them and as they are staged; the last one too, if told so. */
  #resolve(path: string, last: boolean): string {
    let rest = path.split("/").slice(1);
    let found = "/";
    for (let links = 0; rest.length > 0;) {
      const [part = "", ...others] = rest;
      rest = others;
      const next = join(found, part);
      const target = rest.length > 0 || last ? (this.#links.get(next) ?? linkAt(next)) : undefined;
      if (target === undefined) {
        found = next;
        continue;
      }
      if (++links > MAX_LINKS)
        throw new HostFault({ code: "ELOOP", path, message: `ELOOP: too many links, '${path}'` });
      if (target.startsWith("/")) found = "/";
      rest = [...target.split("/").filter((each) => each !== "" && each !== "."), ...rest];
    }
    return found;
  }
}

const isBelow = (path: string, mount: string) =>
  mount === "/" || path === mount || path.startsWith(`${mount}/`);

function own(place: string, { uid, gid, mode }: Metadata): void {
  fs.lchownSync(place, uid, gid);
  fs.chmodSync(place, mode);
}

function linkAt(path: string): string | undefined {
  try {
    return fs.readlinkSync(path);
  } catch (error) {
    const code = errnoOf(error);
    // EINVAL: something else is there.
    if (code === "EINVAL" || code === "ENOENT" || code === "ENOTDIR") return undefined;
    throw error;
  }
}
