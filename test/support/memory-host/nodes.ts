import { HostFault, type Metadata } from "../../../agent/host/host.ts";

export interface FileNode extends Metadata {
  readonly type: "file";
  readonly bytes: Uint8Array;
  /** Stands in for the modification time: no two writes have the same. */
  readonly version: number;
}
export interface DirectoryNode extends Metadata {
  readonly type: "directory";
  readonly entries: Map<string, Node>;
}
interface SymlinkNode extends Metadata {
  readonly type: "symlink";
  readonly target: string;
}
/** A device, socket or pipe. */
interface OtherNode extends Metadata {
  readonly type: "other";
}
export type Node = FileNode | DirectoryNode | SymlinkNode | OtherNode;

const TEXT: Readonly<Record<string, string>> = {
  EACCES: "permission denied",
  EEXIST: "file already exists",
  EISDIR: "illegal operation on a directory",
  ELOOP: "too many symbolic links encountered",
  ENOENT: "no such file or directory",
  ENOSPC: "no space left on device",
  ENOTDIR: "not a directory",
  EROFS: "read-only file system",
};

/** The error that Node gives for the same refusal. */
export function fault(code: string, call: string, path: string): HostFault {
  return new HostFault({
    code,
    path,
    message: `${code}: ${TEXT[code] ?? "refused"}, ${call} '${path}'`,
  });
}
