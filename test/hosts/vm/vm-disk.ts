import { mkdirSync } from "node:fs";
import { diskAt, mountDisk, unmountDisk } from "../support/disk.ts";
import { ensureImage } from "../support/image.ts";
import { type HostIdentity, provision } from "../support/provision.ts";
import { runTool } from "../support/run-tool.ts";

const size = "2G";
/** The name of the network card that `provision` gives an address to. */
const files = {
  "/etc/systemd/network/10-host0.link": {
    content: "[Match]\nDriver=virtio_net\n[Link]\nName=host0\n",
  },
};

/** A disk image with ext4 and its journal on it: the test hosts' own root, and what only a machine with hardware needs. */
export async function makeVmDisk(
  file: string,
  { directory, identity }: { readonly directory: string; readonly identity: HostIdentity },
): Promise<void> {
  const image = await ensureImage();
  mkdirSync(directory, { mode: 0o700 });
  const disk = diskAt(directory);
  try {
    await mountDisk(disk, { image: image.rootDirectory, size });
    await provision(disk.rootDirectory, identity, { files });
    await runTool(
      "mke2fs",
      ["-q", "-t", "ext4", "-O", "has_journal", "-d", disk.rootDirectory, file, size],
      { timeoutMs: 120_000 },
    );
  } finally {
    unmountDisk(disk, new Set([disk.rootDirectory, disk.layers]));
  }
}
