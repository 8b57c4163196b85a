import { CHANGED, type Entry, HostFault } from "./host.ts";

/** Whether two looks at a path found the same thing. Content counts where both know its digest. */
function sameEntry(one: Entry, other: Entry): boolean {
  if (one.type === "symlink") return other.type === "symlink" && one.target === other.target;
  if (one.type !== other.type) return false;
  if (!("uid" in one) || !("uid" in other)) return one.type === "absent";
  if (one.uid !== other.uid || one.gid !== other.gid || one.mode !== other.mode) return false;
  if (one.type !== "file" || other.type !== "file") return true;
  if (one.size !== other.size) return false;
  return one.sha256 === undefined || other.sha256 === undefined || one.sha256 === other.sha256;
}

/** Refuses to replace what the caller never saw. */
export function mustBeSame(path: string, now: Entry, seen: Entry | "anything"): void {
  if (seen === "anything" || sameEntry(now, seen)) return;
  throw seen.type === "absent" ? appeared(path) : changed(path);
}

/** The same for a link, of which only where it leads counts; `null`: nothing was there. */
export function mustLeadTo(path: string, now: Entry, seen: string | null): void {
  if (now.type === "absent" ? seen === null : now.type === "symlink" && now.target === seen) return;
  throw seen === null ? appeared(path) : changed(path);
}

function changed(path: string): HostFault {
  return new HostFault({
    code: CHANGED,
    path,
    message: `${path} was changed meanwhile`,
  });
}

export function appeared(path: string): HostFault {
  return new HostFault({ code: "EEXIST", path, message: `something appeared at ${path}` });
}
