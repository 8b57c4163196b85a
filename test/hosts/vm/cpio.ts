/** An archive in the format the kernel unpacks as its first file system: cpio(5), "New ASCII Format". All files are executable. */
export function cpioArchive(files: ReadonlyMap<string, Uint8Array>): Buffer {
  const entries = [...files].map(([name, content], index) =>
    entry(name, { content, mode: 0o100_755, inode: index + 1 }),
  );
  return Buffer.concat([
    ...entries,
    entry("TRAILER!!!", { content: new Uint8Array(), mode: 0, inode: 0 }),
  ]);
}

interface Entry {
  readonly content: Uint8Array;
  readonly mode: number;
  /** Files of one number are links to each other. */
  readonly inode: number;
}

function entry(name: string, { content, mode, inode }: Entry): Buffer {
  const numbers = {
    inode,
    mode,
    uid: 0,
    gid: 0,
    links: 1,
    modified: 0,
    size: content.length,
    deviceMajor: 0,
    deviceMinor: 0,
    rdevMajor: 0,
    rdevMinor: 0,
    nameSize: Buffer.byteLength(name) + 1,
    check: 0,
  };
  const fields = Object.values(numbers).map((each) => each.toString(16).padStart(8, "0"));
  return Buffer.concat([
    aligned(Buffer.from(`070701${fields.join("")}${name}\0`)),
    aligned(content),
  ]);
}

/** Each part ends at a multiple of four. */
function aligned(bytes: Uint8Array): Buffer {
  return Buffer.concat([bytes, Buffer.alloc((4 - (bytes.length % 4)) % 4)]);
}
