import { HostFault, type Metadata } from "../../../agent/host/host.ts";
import { type DirectoryNode, fault, type FileNode, type Node } from "./nodes.ts";

/** As the kernel counts, see path_resolution(7). */
const MAX_LINKS = 40;
const ROOT: Metadata = { uid: 0, gid: 0, mode: 0o755 };

/** Where a path leads: the directory that holds its last part, and what is there under that name. */
interface Place {
  readonly parent: DirectoryNode;
  readonly name: string;
  readonly node: Node | undefined;
}

interface Walk {
  /** For messages: the call and the path it was given. */
  readonly call: string;
  readonly path: string;
  readonly follow: "last" | "parents";
}

/** A file system in memory, with the kernel's rules on links, types and permissions. `uid` is who looks. */
export class Tree {
  #root: DirectoryNode = { type: "directory", ...ROOT, entries: new Map() };
  #versions = 0;
  /** Paths that refuse to be written, with the error: a full disk, a read-only mount. */
  readonly refusals = new Map<string, string>();
  uid = 0;

  /** What is at the path; `undefined` when there is nothing, or a parent is no directory. */
  find(
    path: string,
    walk: { readonly call: string; readonly follow: "last" | "parents" },
  ): Node | undefined {
    try {
      return path === "/" ? this.#root : this.#resolve({ path, ...walk }).node;
    } catch (error) {
      if (!(error instanceof HostFault) || !["ENOENT", "ENOTDIR"].includes(error.code)) throw error;
      return undefined;
    }
  }

  /** Replaces or makes a file, as a rename(2) onto the path does. */
  putFile(path: string, bytes: Uint8Array, metadata: Metadata): void {
    this.#rename(path, { type: "file", bytes, version: ++this.#versions, ...metadata });
  }

  putSymlink(path: string, target: string): void {
    this.#rename(path, { type: "symlink", target, uid: this.uid, gid: 0, mode: 0o777 });
  }

  putOther(path: string, metadata: Metadata = ROOT): void {
    this.#rename(path, { type: "other", ...metadata });
  }

  makeDirectory(path: string, metadata: Metadata): void {
    const { parent, name, node } = this.#resolve({ call: "mkdir", path, follow: "parents" });
    if (node !== undefined || path === "/") throw fault("EEXIST", "mkdir", path);
    this.#mayWrite(parent, { call: "mkdir", path });
    parent.entries.set(name, { type: "directory", entries: new Map(), ...metadata });
  }

  setMetadata(path: string, metadata: Metadata): void {
    const { parent, name, node } = this.#resolve({ call: "open", path, follow: "parents" });
    if (node === undefined) throw fault("ENOENT", "open", path);
    if (node.type === "symlink") throw fault("ELOOP", "open", path);
    if (this.uid !== 0 && this.uid !== node.uid) throw fault("EPERM", "fchown", path);
    if (node === this.#root) {
      this.#root = { ...this.#root, ...metadata };
      return;
    }
    parent.entries.set(name, { ...node, ...metadata });
  }

  move(path: string, to: string): void {
    const from = this.#resolve({ call: "rename", path, follow: "parents" });
    const place = this.#resolve({ call: "rename", path: to, follow: "parents" });
    if (from.node === undefined) throw fault("ENOENT", "rename", path);
    if (place.node !== undefined) throw fault("EEXIST", "rename", to);
    this.#mayWrite(place.parent, { call: "rename", path: to });
    from.parent.entries.delete(from.name);
    place.parent.entries.set(place.name, from.node);
  }

  remove(path: string): void {
    const { parent, name, node } = this.#resolve({ call: "unlink", path, follow: "parents" });
    if (node === undefined) throw fault("ENOENT", "unlink", path);
    parent.entries.delete(name);
  }

  /** Makes a directory with its parents, root's; what is there already stays. */
  ensureDirectory(path: string, metadata: Metadata = ROOT): void {
    const parts = path.split("/").slice(1);
    for (const index of parts.keys()) {
      const sub = `/${parts.slice(0, index + 1).join("/")}`;
      if (this.find(sub, { call: "stat", follow: "last" }) !== undefined) continue;
      this.makeDirectory(sub, index === parts.length - 1 ? metadata : ROOT);
    }
  }

  /** Every path with its node, sorted. */
  *walk(): Generator<readonly [string, Node]> {
    const visit = function* (
      path: string,
      directory: DirectoryNode,
    ): Generator<readonly [string, Node]> {
      for (const [name, node] of [...directory.entries].toSorted(([a], [b]) => (a < b ? -1 : 1))) {
        const sub = `${path}/${name}`;
        yield [sub, node];
        if (node.type === "directory") yield* visit(sub, node);
      }
    };
    yield* visit("", this.#root);
  }

  /** Changes owners below a directory, as usermod(8) does with a home. Links are not followed. */
  reown(path: string, change: (node: Node) => Metadata): void {
    const node = this.find(path, { call: "chown", follow: "parents" });
    if (node?.type !== "directory") return;
    for (const [sub, child] of this.walk()) {
      if (sub !== path && !sub.startsWith(`${path}/`)) continue;
      const { parent, name } = this.#resolve({ call: "chown", path: sub, follow: "parents" });
      parent.entries.set(name, { ...child, ...change(child) });
    }
  }

  mayRead(node: FileNode): boolean {
    return this.uid === 0 || (node.uid === this.uid ? node.mode & 0o400 : node.mode & 0o004) !== 0;
  }

  /** Refuses as the making of a temporary file beside the path does. */
  mayReplace(path: string): Place {
    const place = this.#resolve({ call: "open", path, follow: "parents" });
    this.#mayWrite(place.parent, { call: "open", path });
    return place;
  }

  /** As write-to-temporary-and-rename does: needs the directory, replaces anything that is not one. */
  #rename(path: string, node: Exclude<Node, DirectoryNode>): void {
    const place = this.mayReplace(path);
    if (place.node?.type === "directory" || path === "/") throw fault("EISDIR", "rename", path);
    place.parent.entries.set(place.name, node);
  }

  #mayWrite(parent: DirectoryNode, { call, path }: { call: string; path: string }): void {
    for (const [refused, code] of this.refusals) {
      if (path === refused || path.startsWith(`${refused}/`)) throw fault(code, call, path);
    }
    const bit = parent.uid === this.uid ? 0o200 : 0o002;
    if (this.uid !== 0 && (parent.mode & bit) === 0) throw fault("EACCES", call, path);
  }

  #resolve({ path, call, follow }: Walk): Place {
    let links = 0;
    const left = path.split("/").filter((part) => part !== "");
    const stack: DirectoryNode[] = [this.#root];
    const here = () => stack.at(-1) ?? this.#root;
    for (;;) {
      const name = left.shift();
      if (name === undefined) return { parent: this.#root, name: "", node: this.#root };
      if (name === ".") continue;
      if (name === "..") {
        if (stack.length > 1) stack.pop();
        continue;
      }
      const parent = here();
      const bit = parent.uid === this.uid ? 0o100 : 0o001;
      if (this.uid !== 0 && (parent.mode & bit) === 0) throw fault("EACCES", call, path);
      const node = parent.entries.get(name);
      const isLast = left.length === 0;
      if (node?.type === "symlink" && (!isLast || follow === "last")) {
        if (++links > MAX_LINKS) throw fault("ELOOP", call, path);
        if (node.target.startsWith("/")) stack.splice(1);
        left.unshift(...node.target.split("/").filter((part) => part !== ""));
        // A link to the directory itself, such as `.` or `/`.
        if (left.every((part) => part === ".")) return { parent, name, node: here() };
        continue;
      }
      if (isLast) return { parent, name, node };
      if (node === undefined) throw fault("ENOENT", call, path);
      if (node.type !== "directory") throw fault("ENOTDIR", call, path);
      stack.push(node);
    }
  }
}
