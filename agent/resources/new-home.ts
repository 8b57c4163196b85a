import type { Entry, Host } from "../host/host.ts";
import type { Names, PasswdEntry } from "../host/names.ts";

const LIMIT = 64 * 1024;

/** A setting of /etc/default/useradd, see useradd(8). */
export async function useraddDefault(
  host: Host,
  name: "HOME" | "SKEL",
): Promise<string | undefined> {
  const [bytes] = await host.readFiles(["/etc/default/useradd"], { limit: LIMIT });
  const lines = new TextDecoder().decode(bytes ?? new Uint8Array()).split("\n");
  const set = lines.findLast((line) => line.startsWith(`${name}=`))?.slice(name.length + 1);
  return set?.trim().replace(/\/+$/, "") || undefined;
}

/** The user in whose home a path is, or whose home it is. */
export function userAt(path: string, { users }: Names): PasswdEntry | undefined {
  return [...users.values()].find(
    ({ home }) => home !== "/" && (path === home || path.startsWith(`${home}/`)),
  );
}

/**
 * Whether useradd(8) put it there: it makes the home, and fills it with copies of what is in /etc/skel. So what a run declares
 * in the home of an account that it makes too is there before its turn comes, by the run's own doing.
 */
export async function cameWithHome(
  host: Host,
  { path, now, names }: { readonly path: string; readonly now: Entry; readonly names: Names },
): Promise<boolean> {
  const user = userAt(path, names);
  if (user === undefined || !("uid" in now) || now.uid !== user.uid) return false;
  if (path === user.home) return now.type === "directory";
  const skeleton = (await useraddDefault(host, "SKEL")) ?? "/etc/skel";
  const original = `${skeleton}${path.slice(user.home.length)}`;
  const [entry] = await host.inspect([original], { digest: true });
  if (now.type === "file") return entry?.type === "file" && entry.sha256 === now.sha256;
  if (now.type === "symlink") return entry?.type === "symlink" && entry.target === now.target;
  return now.type === "directory" && entry?.type === "directory";
}
