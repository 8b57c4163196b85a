import { createHash } from "node:crypto";
import {
  type CommandOptions,
  type CommandResult,
  type Entry,
  type FileSystem,
  type Host,
  HostFault,
  type Metadata,
  type PlaceOptions,
  type Probe,
  type ProbeAnswer,
  type StagedEntry,
  type StagedView,
  type Touched,
  ViewRefused,
  type WriteOptions,
} from "../../../agent/host/host.ts";
import type { Digest } from "../../../shared/brands.ts";
import { mustBeSame, mustLeadTo } from "../../../agent/host/seen.ts";
import { parentOf } from "../../../shared/resources/path-fields.ts";
import { BASE_DIRECTORIES, BASE_FILES, PROGRAMS } from "./base.ts";
import { fault, type Node } from "./nodes.ts";
import { find } from "./find.ts";
import { Listeners, placeOf } from "./listeners.ts";
import { type AccountFaults, runShadowTool, SHADOW_TOOLS } from "./shadow-tools.ts";
import { MemorySystemd } from "./manager.ts";
import { runStaged, textsOf, type Validator } from "./staging.ts";
import { journalctl, systemctl } from "./systemctl.ts";
import { Tree } from "./tree.ts";

/** The agent's process ended in the middle: nothing it calls afterwards happens. */
export class Interruption extends Error {
  override readonly name = "Interruption";
}

type Call = keyof Omit<Host, "uid" | "seal" | "derive" | "hasKey">;

/**
 * A host in memory that behaves like Linux where drivers rely on it: a tree with links and permissions, the account
 * tools on its own /etc/passwd and /etc/group, and a systemd with files, memory and jobs of its own.
 */
export class MemoryHost implements Host {
  readonly tree = new Tree();
  readonly systemd = new MemorySystemd(this.tree);
  readonly accounts: AccountFaults = {
    locked: false,
    hanging: false,
    strictNames: false,
    busy: new Set(),
    elsewhere: new Set(),
  };
  readonly listeners = new Listeners();
  /** File systems besides the one of `/`, by path, as far as they are not like it. */
  readonly mounts = new Map<string, Partial<FileSystem>>();
  /** Programs that are not installed. */
  readonly missing = new Set<string>();
  /** Programs that can be run in a view. */
  readonly validators = new Map<string, Validator>();
  /** Why no view can be made. */
  noViews: string | undefined;
  /** Every call so far, with the first argument or the command line. */
  readonly log: { readonly call: Call; readonly what: string }[] = [];
  #interruptAfter = Number.POSITIVE_INFINITY;

  /** A bare Debian: root, a few system users and groups, the usual directories, the unit of cron. */
  constructor() {
    for (const path of BASE_DIRECTORIES) this.tree.ensureDirectory(path);
    for (const [path, text] of Object.entries(BASE_FILES)) this.put(path, text);
    for (const path of PROGRAMS) this.put(path, "a program\n", { uid: 0, gid: 0, mode: 0o755 });
    this.tree.setMetadata("/tmp", { uid: 0, gid: 0, mode: 0o1777 });
    this.tree.setMetadata("/root", { uid: 0, gid: 0, mode: 0o700 });
    this.tree.setMetadata("/etc/shadow", { uid: 0, gid: 42, mode: 0o640 });
    this.systemd.settle("cron.service", "active");
  }

  #key: "made" | "none" = "none";

  /** As if its file had been removed; the next one is the same, which nobody can know. */
  loseKey(): void {
    this.#key = "none";
  }

  hasKey(): boolean {
    return this.#key === "made";
  }

  seal(sha256: string): Digest {
    this.#key = "made";
    return createHash("sha256").update(`key of this host ${sha256}`).digest("hex") as Digest;
  }

  derive(name: string, bytes: number): Uint8Array {
    this.#key = "made";
    return createHash("sha512").update(`key of this host ${name}`).digest().subarray(0, bytes);
  }

  get uid(): number {
    return this.tree.uid;
  }

  /** Lets another user than root look and act from now on. */
  become(uid: number): void {
    this.tree.uid = uid;
  }

  get calls(): number {
    return this.log.length;
  }
  get processes(): number {
    return this.commands.length;
  }
  /** The command lines that were run. */
  get commands(): string[] {
    return this.log.filter(({ call }) => call === "run").map(({ what }) => what);
  }

  /** From the moment when `count` more calls have taken place, every call throws `Interruption`. */
  faultAfter(count: number): void {
    this.#interruptAfter = this.calls + count;
  }
  /** The next contact: calls work again. */
  revive(): void {
    this.#interruptAfter = Number.POSITIVE_INFINITY;
  }

  /** A file with its parents, without a call being counted. */
  put(path: string, text: string, metadata: Metadata = { uid: 0, gid: 0, mode: 0o644 }): void {
    this.tree.ensureDirectory(path.slice(0, path.lastIndexOf("/")) || "/");
    this.tree.putFile(path, new TextEncoder().encode(text), metadata);
  }
  /** The text of a file; `undefined` when there is none. */
  text(path: string): string | undefined {
    const node = this.tree.find(path, { call: "open", follow: "last" });
    return node?.type === "file" ? new TextDecoder().decode(node.bytes) : undefined;
  }

  async inspect(paths: readonly string[], options: { readonly digest: boolean }): Promise<Entry[]> {
    return this.#count("inspect", String(paths.length), () =>
      paths.map((path) => this.#entry(path, options)),
    );
  }

  async readFiles(
    paths: readonly string[],
    { limit }: { readonly limit: number },
  ): Promise<(Uint8Array | null)[]> {
    return this.#count("readFiles", String(paths.length), () =>
      paths.map((path) => {
        const node = this.tree.find(path, { call: "open", follow: "last" });
        if (node?.type !== "file") return null;
        if (!this.tree.mayRead(node)) throw fault("EACCES", "open", path);
        return node.bytes.length > limit ? null : node.bytes.slice();
      }),
    );
  }

  async readRange(
    path: string,
    { start, length }: { readonly start: number; readonly length: number },
  ): Promise<Uint8Array | null> {
    return this.#count("readRange", path, () => {
      const node = this.tree.find(path, { call: "open", follow: "last" });
      return node?.type === "file" ? node.bytes.slice(start, start + length) : null;
    });
  }

  async fileSystems(paths: readonly string[]): Promise<FileSystem[]> {
    return this.#count("fileSystems", String(paths.length), () =>
      paths.map((path) => {
        const mounts = [...this.mounts].filter(([at]) => path === at || path.startsWith(`${at}/`));
        const [at = "/", mount = {}] = mounts.toSorted(([a], [b]) => b.length - a.length)[0] ?? [];
        return { device: at, free: 1e12, freeFiles: 1e6, block: 4096, readOnly: false, ...mount };
      }),
    );
  }

  async list(paths: readonly string[]): Promise<(string[] | null)[]> {
    return this.#count("list", String(paths.length), () =>
      paths.map((path) => {
        const node = this.tree.find(path, { call: "open", follow: "last" });
        return node?.type === "directory" ? [...node.entries.keys()] : null;
      }),
    );
  }

  /** No clock: all was touched when the world began. */
  async touched(paths: readonly string[]): Promise<(Touched | null)[]> {
    return this.#count("touched", String(paths.length), () =>
      paths.map((path) => {
        const node = this.tree.find(path, { call: "open", follow: "parents" });
        return node === undefined ? null : { modified: 0, changed: 0, uid: node.uid };
      }),
    );
  }

  async writeFile(
    path: string,
    content: AsyncIterable<Uint8Array>,
    metadata: Metadata,
    { over, parent: wanted }: WriteOptions,
  ): Promise<void> {
    const pieces: Uint8Array[] = [];
    for await (const piece of content) pieces.push(piece);
    return this.#count("writeFile", path, () => {
      const parent = this.tree.find(parentOf(path), { call: "open", follow: "parents" });
      if (wanted === "real" && parent?.type === "symlink") throw fault("ENOTDIR", "open", path);
      this.tree.mayReplace(path);
      mustBeSame(path, this.#entry(path, { digest: true }), over);
      this.tree.putFile(path, new Uint8Array(Buffer.concat(pieces)), this.#owned(metadata));
    });
  }

  async makeDirectory(path: string, metadata: Metadata): Promise<void> {
    return this.#count("makeDirectory", path, () =>
      this.tree.makeDirectory(path, this.#owned(metadata)),
    );
  }

  async setMetadata(path: string, metadata: Metadata): Promise<void> {
    return this.#count("setMetadata", path, () => this.tree.setMetadata(path, metadata));
  }

  async writeSymlink(
    path: string,
    target: string,
    { over }: { readonly over: string | null },
  ): Promise<void> {
    return this.#count("writeSymlink", path, () => {
      this.tree.mayReplace(path);
      mustLeadTo(path, this.#entry(path, { digest: false }), over);
      this.tree.putSymlink(path, target);
    });
  }

  async removeFile(path: string, _options?: PlaceOptions): Promise<void> {
    return this.#count("removeFile", path, () => {
      const node = this.tree.find(path, { call: "unlink", follow: "parents" });
      if (node?.type === "directory") throw fault("EISDIR", "unlink", path);
      if (node !== undefined) this.tree.remove(path);
    });
  }

  async removeDirectory(path: string): Promise<void> {
    return this.#count("removeDirectory", path, () => {
      const node = this.tree.find(path, { call: "rmdir", follow: "parents" });
      if (node === undefined) return;
      if (node.type !== "directory") throw fault("ENOTDIR", "rmdir", path);
      if (node.entries.size > 0) throw fault("ENOTEMPTY", "rmdir", path);
      this.tree.remove(path);
    });
  }

  async rename(path: string, to: string): Promise<void> {
    return this.#count("rename", path, () => this.tree.move(path, to));
  }

  async removeTree(path: string): Promise<void> {
    return this.#count("removeTree", path, () => {
      if (this.tree.find(path, { call: "unlink", follow: "parents" }) !== undefined)
        this.tree.remove(path);
    });
  }

  async keepFile(path: string, kept: string): Promise<void> {
    return this.#count("keepFile", path, () => {
      if (this.tree.find(kept, { call: "link", follow: "parents" }) !== undefined) {
        throw fault("EEXIST", "link", kept);
      }
      this.#putAgain(path, kept);
    });
  }

  async restoreFile(kept: string, path: string, { over }: { readonly over: Entry }): Promise<void> {
    return this.#count("restoreFile", path, () => {
      mustBeSame(path, this.#entry(path, { digest: true }), over);
      this.#putAgain(kept, path);
    });
  }

  /** What is kept here is always a copy. */
  async forgetKept(kept: string): Promise<void> {
    return this.#count("forgetKept", kept, () => undefined);
  }

  async lockFile(path: string, locked: string): Promise<void> {
    return this.#exchange("lockFile", { from: path, to: locked });
  }

  async unlockFile(locked: string, path: string): Promise<void> {
    return this.#exchange("unlockFile", { from: locked, to: path });
  }

  /** Every bit the other way round: the same again gives it back. */
  #exchange(call: "lockFile" | "unlockFile", { from, to }: { from: string; to: string }): void {
    return this.#count(call, from, () => {
      const node = this.tree.find(from, { call: "open", follow: "parents" });
      if (node?.type !== "file") throw fault("ENOENT", "open", from);
      const { bytes, uid, gid, mode } = node;
      this.tree.putFile(
        to,
        bytes.map((byte) => byte ^ 0xff),
        { uid, gid, mode },
      );
      this.tree.remove(from);
    });
  }

  async appendText(path: string, text: string): Promise<void> {
    return this.#count("appendText", path, () =>
      this.put(path, (this.text(path) ?? "") + text, { uid: this.uid, gid: 0, mode: 0o600 }),
    );
  }

  #putAgain(from: string, to: string): void {
    const node = this.tree.find(from, { call: "link", follow: "parents" });
    if (node?.type !== "file") throw fault("ENOENT", "link", from);
    const { bytes, uid, gid, mode } = node;
    this.tree.putFile(to, bytes.slice(), { uid, gid, mode });
  }

  async flush(): Promise<void> {
    return this.#count("flush", "", () => undefined);
  }

  async run(
    argv: readonly [string, ...string[]],
    _options: CommandOptions,
  ): Promise<CommandResult> {
    return this.#count("run", argv.join(" "), () => this.#execute(argv));
  }

  async probe(probe: Probe): Promise<ProbeAnswer> {
    return this.#count("probe", placeOf(probe), () => this.listeners.ask(probe));
  }

  async stage(entries: readonly StagedEntry[]): Promise<StagedView> {
    const texts = await textsOf(entries);
    return this.#count("stage", [...texts.keys()].join(" "), () => {
      const { noViews, validators } = this;
      if (noViews !== undefined) throw new ViewRefused(noViews);
      const look = (path: string) => texts.get(path) ?? this.text(path);
      return {
        run: async (argv) =>
          this.#count("stage", argv.join(" "), () => runStaged(argv, { look, validators })),
        close: async () => undefined,
      };
    });
  }

  /** One line for each path. */
  files(): string[] {
    return [...this.tree.walk()].map(([path, node]) => `${path} ${describe(node)}`);
  }

  /** All that a person could notice: each path, and each unit that is not inactive. */
  snapshot(): string[] {
    return [...this.files(), ...this.systemd.describe()];
  }

  digest(): string {
    return createHash("sha256").update(this.snapshot().join("\n")).digest("hex");
  }

  #count<Result>(call: Call, what: string, act: () => Result): Result {
    if (this.calls >= this.#interruptAfter) throw new Interruption("the agent was killed");
    this.log.push({ call, what });
    return act();
  }

  #execute(argv: readonly [string, ...string[]]): CommandResult {
    const [program, ...args] = argv;
    const tool = SHADOW_TOOLS.find((name) => name === program);
    if (this.missing.has(program)) throw fault("ENOENT", "spawn", program);
    if (tool !== undefined) {
      return runShadowTool([tool, ...args], { tree: this.tree, faults: this.accounts });
    }
    const context = { manager: this.systemd, tree: this.tree };
    if (program === "systemctl") return systemctl(args, context);
    if (program === "journalctl") return journalctl(args, context);
    if (program === "find") return find(args, this.tree);
    throw fault("ENOENT", "spawn", program);
  }

  /** As lstat(2) sees it, with the refusals that count as nothing or as unreadable. */
  #entry(path: string, { digest }: { readonly digest: boolean }): Entry {
    try {
      const node = this.tree.find(path, { call: "lstat", follow: "parents" });
      if (node === undefined) return { type: "absent" };
      const { uid, gid, mode } = node;
      if (node.type === "symlink") return { type: "symlink", target: node.target, uid, gid, mode };
      if (node.type !== "file") return { type: node.type, uid, gid, mode };
      const size = node.bytes.length;
      if (!digest) return { type: "file", size, uid, gid, mode };
      if (!this.tree.mayRead(node)) return { type: "unreadable", code: "EACCES" };
      const sha256 = createHash("sha256").update(node.bytes).digest("hex");
      return { type: "file", size, sha256, uid, gid, mode };
    } catch (error) {
      if (!(error instanceof HostFault)) throw error;
      if (["EACCES", "ELOOP"].includes(error.code)) return { type: "unreadable", code: error.code };
      throw error;
    }
  }

  /** -1 leaves an owner as the kernel sets it; see chown(2). */
  #owned({ uid, gid, mode }: Metadata): Metadata {
    return { uid: uid === -1 ? this.uid : uid, gid: gid === -1 ? this.uid : gid, mode };
  }
}

function describe(node: Node): string {
  const metadata = `${node.uid}:${node.gid} ${node.mode.toString(8)}`;
  switch (node.type) {
    case "file":
      return `file ${metadata} ${JSON.stringify(new TextDecoder().decode(node.bytes))}`;
    case "symlink":
      return `link to ${node.target}`;
    case "directory":
    case "other":
      return `${node.type} ${metadata}`;
  }
}
