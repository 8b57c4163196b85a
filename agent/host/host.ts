import type { Digest } from "../../shared/brands.ts";

/**
 * The agent's only door to the operating system. Reads come in batches, so that a thousand resources cost no more calls
 * than one. Every method that fails for a reason a person can meet throws `HostFault`.
 */

export interface Metadata {
  readonly uid: number;
  readonly gid: number;
  /** Permission bits, 0 to 0o7777. */
  readonly mode: number;
}

/** What is at a path; links are not followed. */
export type Entry =
  | { readonly type: "absent" }
  | ({
      readonly type: "file";
      /** Bytes. */
      readonly size: number;
      /** Lower-case hex; absent unless it was asked for. */
      readonly sha256?: string;
    } & Metadata)
  | ({ readonly type: "directory" } & Metadata)
  | ({ readonly type: "symlink"; readonly target: string } & Metadata)
  | ({ readonly type: "other" } & Metadata)
  /** Something may be there; this user is not allowed to see it. Never to be taken for absent. */
  | { readonly type: "unreadable"; readonly code: string };

/** As HostFault's code: what was to be replaced is not what the caller saw. No name of errno(3), so never the system's. */
export const CHANGED = "ECHANGED";

/** When what is at a path was touched last, in milliseconds since the epoch, and whose it is. */
export interface Touched {
  /** Its content, or what is in a directory; whoever owns it can set this to anything. */
  readonly modified: number;
  /** Content, owner, mode or name: kept by the kernel alone. */
  readonly changed: number;
  readonly uid: number;
}

export interface PlaceOptions {
  /**
   * `real`: the directory above must be a directory, not a link to one, and stays the one it was when it was opened.
   * For places whose owner may set traps for root. Default: links above the file are followed, as everywhere.
   */
  readonly parent?: "real";
}

export interface WriteOptions extends PlaceOptions {
  /**
   * What the caller saw at the path: nothing else is replaced, however late it came there. Fails with EEXIST where nothing
   * was seen and something is, and with `CHANGED` where something else is, or the same with other content or metadata.
   * `anything`: for the agent's own files, which nobody else has a business with.
   */
  readonly over: Entry | "anything";
}

export interface CommandResult {
  readonly status: number | null;
  /** Set when a signal or the timeout ended it. */
  readonly signal: string | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CommandOptions {
  readonly input?: string;
  /** Which part of a long output is given; the beginning unless set. */
  readonly output?: "beginning" | "end";
  /** Milliseconds; required, since no wait is endless. */
  readonly timeout: number;
  /** Ends it as the timeout does. */
  readonly signal?: AbortSignal;
}

/** Where something may listen. */
export type Listening =
  | { readonly host: string; readonly port: number }
  | { readonly path: string };

/** A question to something that may or may not be there. */
export type Probe =
  /** Whether it takes connections. */
  | { readonly type: "connect"; readonly to: Listening }
  | {
      readonly type: "http";
      readonly url: string;
      readonly method: "GET" | "HEAD";
      readonly headers: Readonly<Record<string, string>>;
      /** The Unix socket to ask instead of the URL's host and port. */
      readonly socket?: string | undefined;
      /** Takes any certificate. */
      readonly insecure: boolean;
      readonly followRedirects: boolean;
    };

export type ProbeAnswer =
  | { readonly type: "connected" }
  /** `body`: its beginning, a megabyte at most. */
  | { readonly type: "http"; readonly status: number; readonly body: string }
  /** `code`: the errno name, the TLS or HTTP library's, or `ETIMEDOUT` when the time was over. */
  | { readonly type: "none"; readonly code: string };

export interface ProbeOptions {
  /** Milliseconds. */
  readonly timeout: number;
  readonly signal: AbortSignal;
}

/** What a view of the host has at a path instead of what the host has there. */
export type StagedEntry = { readonly path: string } & (
  | {
      readonly type: "file";
      readonly content: AsyncIterable<Uint8Array>;
      readonly metadata: Metadata;
      /** It holds secrets, which no disk may have but where they belong. */
      readonly secret?: boolean;
    }
  | { readonly type: "directory"; readonly metadata: Metadata }
  | { readonly type: "symlink"; readonly target: string }
);

/** The host as it would be with some entries in place. Only what is run in it sees them. */
export interface StagedView {
  /**
   * As `Host.run`; what the program writes below ordinary directories is gone afterwards, and whatever it started ends
   * with it. Status 127 and 126 as a shell means them: it was not found, or can't be executed. Throws `ViewRefused`.
   */
  run(argv: readonly [string, ...string[]], options: CommandOptions): Promise<CommandResult>;
  /** Removes all that the view was made of. */
  close(): Promise<void>;
}

/** The host can't make a view of itself; the message says why. */
export class ViewRefused extends Error {
  override readonly name = "ViewRefused";
}

/** A system call that failed, in terms a person can act on. `code` is the errno name, such as ENOSPC. */
export class HostFault extends Error {
  override readonly name = "HostFault";
  readonly code: string;
  readonly path: string;

  constructor(fault: { code: string; path: string; message: string }, options?: ErrorOptions) {
    super(fault.message, options);
    this.code = fault.code;
    this.path = fault.path;
  }
}

/** Where something is to be written. */
export interface FileSystem {
  /** Tells one from another. */
  readonly device: string;
  /** Bytes that this user could still write, and files; `null` where they are not counted. */
  readonly free: number;
  readonly freeFiles: number | null;
  /** Bytes; no file takes less. */
  readonly block: number;
  readonly readOnly: boolean;
}

export interface Host {
  /** The user the agent runs as. */
  readonly uid: number;

  /** What is at each path, in the given order. A path below something that is no directory is absent. */
  inspect(paths: readonly string[], options: { readonly digest: boolean }): Promise<Entry[]>;
  /** The bytes of each file; `null` where there is none, or where it is larger than `limit` bytes. */
  readFiles(
    paths: readonly string[],
    options: { readonly limit: number },
  ): Promise<(Uint8Array | null)[]>;
  /** At most `length` bytes of a file from `start` on; none behind its end, `null` where there is no file. */
  readRange(
    path: string,
    range: { readonly start: number; readonly length: number },
  ): Promise<Uint8Array | null>;
  /** The file system that would hold something at each path: that of the path, or of what is there above it. */
  fileSystems(paths: readonly string[]): Promise<FileSystem[]>;
  /** The names in each directory, in no order; `null` where there is no directory. */
  list(paths: readonly string[]): Promise<(string[] | null)[]>;
  /** Of what is at each path, links not followed; `null` where nothing is, or it can't be seen. */
  touched(paths: readonly string[]): Promise<(Touched | null)[]>;

  /** Replaces or creates a file in one step: nobody ever sees half of it, or it with another owner or mode. */
  writeFile(
    path: string,
    content: AsyncIterable<Uint8Array>,
    metadata: Metadata,
    options: WriteOptions,
  ): Promise<void>;
  /** Fails with EEXIST when something is there. */
  makeDirectory(path: string, metadata: Metadata): Promise<void>;
  /** Owner before mode, since chown(2) clears setuid and setgid. Never follows a link. */
  setMetadata(path: string, metadata: Metadata): Promise<void>;
  /**
   * Creates a link, or replaces one in one step. `over` is where the link leads that the caller saw there, `null` where
   * nothing was; fails as `writeFile` does where something else is.
   */
  writeSymlink(
    path: string,
    target: string,
    options: { readonly over: string | null },
  ): Promise<void>;

  /** Removes a file or a link; nothing happens where there is none. */
  removeFile(path: string, options?: PlaceOptions): Promise<void>;
  /** Removes an empty directory; fails with ENOTEMPTY where something is in it, and does nothing where there is none. */
  removeDirectory(path: string): Promise<void>;
  /** Gives something of the agent's own another name on the same file system, in one step; the new name must be free. */
  rename(path: string, to: string): Promise<void>;
  /** Removes a directory of the agent's own with all that is in it; nothing happens where there is none. */
  removeTree(path: string): Promise<void>;

  /**
   * Keeps a regular file, with all that belongs to it, under another path: as a second link to it where both are on one
   * file system, else as a copy. Fails with EEXIST when the other path is taken.
   */
  keepFile(path: string, kept: string): Promise<void>;
  /** Puts a kept file back in one step, in the place of what the caller saw, as `writeFile` does; it stays kept. */
  restoreFile(kept: string, path: string, options: { readonly over: Entry }): Promise<void>;
  /**
   * Removes a kept file that is the very file at `path`, never replaced or put back: a second link would stay on it, and cron(8)
   * and logrotate(8), for example, refuse files that have one.
   */
  forgetKept(kept: string, path: string): Promise<void>;
  /**
   * Puts a kept file that holds secrets into the place of another, in a form that only this host's key opens; `unlockFile` does the
   * reverse. Either is there whole, whenever it is cut off.
   */
  lockFile(path: string, locked: string): Promise<void>;
  unlockFile(locked: string, path: string): Promise<void>;
  /** Adds text to a file that only root may read; it is on disk when this returns, if `sync`. */
  appendText(path: string, text: string, options: { readonly sync: boolean }): Promise<void>;

  /**
   * A digest of a digest that nobody can make without this host's key, which root alone can read. The key is made when it is
   * first needed.
   */
  seal(sha256: string): Digest;
  /** Bytes that only this host can make, the same for the same name every time. */
  derive(name: string, bytes: number): Uint8Array;
  /** Whether the key was made yet. */
  hasKey(): boolean;

  /** Makes what was written survive a power cut: returns when the directories written to are on disk. */
  flush(): Promise<void>;

  /** Runs a program without a shell, with a clean environment and no terminal. Rejects only when it can't start. */
  run(argv: readonly [string, ...string[]], options: CommandOptions): Promise<CommandResult>;

  /** Asks once; that nobody answers is an answer. */
  probe(probe: Probe, options: ProbeOptions): Promise<ProbeAnswer>;

  /**
   * Makes a view of the host in which the entries are in place, in the given order; parents that are missing are root's.
   * It is made of what is put in `directory`, which must not exist yet. Throws `ViewRefused`.
   */
  stage(
    entries: readonly StagedEntry[],
    options: { readonly directory: string },
  ): Promise<StagedView>;
}

/** What looks and changes nothing. `run` belongs to it for programs that show something; see `lookingOnly`. */
export type LookingHost = Pick<
  Host,
  | "uid"
  | "inspect"
  | "readFiles"
  | "readRange"
  | "fileSystems"
  | "list"
  | "touched"
  | "seal"
  | "derive"
  | "hasKey"
  | "run"
>;
