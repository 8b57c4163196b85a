/** What is mounted where, as proc_pid_mountinfo(5) tells it. */

export interface Mount {
  /** Where it is seen: `/`, `/boot`. */
  readonly path: string;
  /** Of the file system: `ext4`, `overlay`. */
  readonly type: string;
}

interface Line extends Mount {
  readonly id: string;
  readonly parent: string;
}

/** Mounts that can be seen, parents before what is mounted in them; those that others cover are left out. */
export function visibleMounts(mountinfo: string): Mount[] {
  const lines = mountinfo.split("\n").flatMap((line) => parseLine(line) ?? []);
  const ids = new Set(lines.map(({ id }) => id));
  const found: Mount[] = [];
  const visit = (mount: Line): void => {
    const children = lines.filter(({ id, parent }) => parent === mount.id && id !== mount.id);
    const cover = children.findLast(({ path }) => path === mount.path);
    // What covers a mount covers all that is mounted in it.
    if (cover !== undefined) return visit(cover);
    found.push({ path: mount.path, type: mount.type });
    for (const child of children) visit(child);
  };
  for (const line of lines) if (!ids.has(line.parent) || line.parent === line.id) visit(line);
  return found;
}

function parseLine(line: string): Line | undefined {
  // 36 35 98:0 /mnt1 /mnt2 rw,noatime master:1 - ext3 /dev/root rw,errors=continue
  const [before = "", after = ""] = line.split(" - ");
  const [id, parent, , , path] = before.split(" ");
  const [type] = after.split(" ");
  if (id === undefined || parent === undefined || path === undefined || !type) return undefined;
  return { id, parent, path: unescaped(path), type };
}

/** Spaces and the like are written as three octal digits of their bytes. */
function unescaped(path: string): string {
  return path.replaceAll(/\\([0-7]{3})/g, (_all, digits: string) =>
    String.fromCharCode(Number.parseInt(digits, 8)),
  );
}
