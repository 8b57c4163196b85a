import type { ResourceId } from "../../shared/brands.ts";
import { HostKitError } from "../../shared/diagnostic.ts";
import { parentOf } from "../../shared/resources/path-fields.ts";
import { type Host, HostFault } from "../host/host.ts";
import type { Names } from "../host/names.ts";
import { useraddDefault } from "./new-home.ts";

/** Milliseconds; a home that was filled meanwhile may hold many files. */
const TIMEOUT = 600_000;

/** Where useradd(8) makes homes when none is declared. */
export async function homesDirectory(host: Host): Promise<string> {
  return (await useraddDefault(host, "HOME")) ?? "/home";
}

const parentsOf = (path: string): string[] =>
  path === "/" ? [] : [...parentsOf(parentOf(path)), parentOf(path)];

/** Of the path and the directories above it, those that are not there; outermost first. */
export async function missingOnTheWay(host: Host, path: string): Promise<string[]> {
  const paths = [...parentsOf(path), path];
  const entries = await host.inspect(paths, { digest: false });
  return paths.filter((_path, index) => entries[index]?.type === "absent");
}

/**
 * Removes the home of an account that is gone, with all that is in it: only where none was before the run, and what
 * is there belongs to nobody any more. The paths above it must be root's: their owner could turn the removal elsewhere.
 */
export async function removeHome(
  host: Host,
  { id, home, names }: { readonly id: ResourceId; readonly home: string; readonly names: Names },
): Promise<void> {
  const [entry] = await host.inspect([home], { digest: false });
  if (entry?.type === "absent") return;
  if (entry?.type !== "directory") throw homeLeft(id, home, "is no directory any more");
  try {
    await host.removeDirectory(home);
    return;
  } catch (error) {
    if (!(error instanceof HostFault) || error.code !== "ENOTEMPTY") throw error;
  }
  const owner = names.userName(entry.uid);
  if (names.users.has(owner)) throw homeLeft(id, home, `belongs to ${owner}`);
  const above = await host.inspect(parentsOf(home), { digest: false });
  if (above.some((parent) => !("uid" in parent) || parent.uid !== 0)) {
    throw homeLeft(id, home, "lies below a directory that is not root's");
  }
  const { status, stderr } = await host.run(["rm", "-r", "-f", "--one-file-system", "--", home], {
    timeout: TIMEOUT,
  });
  if (status === 0) return;
  const said = stderr.trim().split("\n")[0] || "nothing";
  throw homeLeft(id, home, `could not be removed as a whole (rm said: ${said})`);
}

export function homeLeft(id: ResourceId, home: string, why: string): HostKitError {
  return new HostKitError({
    severity: "error",
    side: "host",
    code: "HK4223",
    summary: "The home directory of a removed account was left.",
    detail: `${id}: the account was removed again, but ${home} ${why}, so it was left. Look at what is in it, and remove it by hand if nobody needs it.`,
    resource: id,
  });
}

const mailOf = (name: string) => `/var/mail/${name}`;

export async function hasMail(host: Host, name: string): Promise<boolean> {
  const [entry] = await host.inspect([mailOf(name)], { digest: false });
  return entry?.type !== "absent";
}

/** useradd(8) makes an empty mailbox on some systems. One that got mail is kept. */
export async function removeEmptyMail(host: Host, name: string): Promise<void> {
  const [entry] = await host.inspect([mailOf(name)], { digest: false });
  if (entry?.type === "file" && entry.size === 0) await host.removeFile(mailOf(name));
}
