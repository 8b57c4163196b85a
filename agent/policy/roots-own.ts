import { type Entry, type Host, HostFault } from "../host/host.ts";

/** Bytes; far above any list of people. */
const LIMIT = 1024 * 1024;
const WRITABLE_BY_OTHERS = 0o022;

export type RootsOwn =
  | { readonly text: string }
  /** Nothing is there. */
  | { readonly text: null }
  /** Why it says nothing that counts. */
  | { readonly fault: string };

/**
 * The text of a file that nobody but root can have written: it, and every directory above it, is root's and closed to others. A
 * link is refused, since it may lead to what is not.
 */
export async function readRootsOwn(host: Host, path: string): Promise<RootsOwn> {
  const levels = levelsOf(path);
  try {
    const entries = await host.inspect(levels, { digest: false });
    if (entries.at(-1)?.type === "absent") return { text: null };
    for (const [index, level] of levels.entries()) {
      const wanted = index === levels.length - 1 ? "file" : "directory";
      const why = whyNotRoots(entries[index], wanted);
      if (why !== undefined) return { fault: `${level} ${why}` };
    }
    const [bytes] = await host.readFiles([path], { limit: LIMIT });
    if (bytes == null) return { fault: `${path} is larger than ${LIMIT} bytes` };
    return { text: new TextDecoder("utf-8", { fatal: true }).decode(bytes) };
  } catch (error) {
    if (error instanceof HostFault) return { fault: `${path} can't be read (${error.message})` };
    if (error instanceof TypeError) return { fault: `${path} is not text` };
    throw error;
  }
}

/** `/`, `/etc`, `/etc/hostkit`, and the path itself. */
function levelsOf(path: string): string[] {
  const names = path.split("/").slice(1);
  return ["/", ...names.map((_name, index) => `/${names.slice(0, index + 1).join("/")}`)];
}

function whyNotRoots(entry: Entry | undefined, wanted: "file" | "directory"): string | undefined {
  if (entry === undefined || entry.type === "absent" || entry.type === "unreadable") {
    return "can't be looked at";
  }
  if (entry.type === "symlink") return "is a symbolic link, which is not followed here";
  if (entry.type !== wanted) return `is no ${wanted}`;
  if (entry.uid !== 0) return `belongs to uid ${entry.uid}, not to root (\`chown root\`)`;
  if ((entry.mode & WRITABLE_BY_OTHERS) !== 0) {
    const mode = entry.mode.toString(8).padStart(4, "0");
    return `can be written by others than root: its mode is ${mode} (\`chmod go-w\`)`;
  }
  return undefined;
}
