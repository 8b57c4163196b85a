import { createHash } from "node:crypto";
import { copyFile, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { defaultCacheRoot, fileOf, obtainEntry } from "../../../build/cache.ts";
import { runTool } from "../support/run-tool.ts";
import { cpioArchive } from "./cpio.ts";

/** The smallest of Debian's kernels, 27 MB; it has ext4 built in. */
const metaPackage = "linux-image-cloud-amd64";
/** For the disk and the network card, each after those it needs. */
const modules = [
  "drivers/virtio/virtio_ring",
  "drivers/virtio/virtio",
  "drivers/virtio/virtio_pci_legacy_dev",
  "drivers/virtio/virtio_pci_modern_dev",
  "drivers/virtio/virtio_pci",
  "drivers/block/virtio_blk",
  "net/core/failover",
  "drivers/net/net_failover",
  "drivers/net/virtio_net",
];
const initSource = fileURLToPath(new URL("init.c", import.meta.url));
const downloadMs = 300_000;

export interface Kernel {
  readonly image: string;
  /** Its first file system, from which it finds its disk. */
  readonly initial: string;
}

/** A kernel from the mirror that this machine's apt uses, unpacked and never installed; cached outside the tree. */
export async function obtainKernel(): Promise<Kernel> {
  const made = createHash("sha256").update(`${metaPackage} ${modules.join(" ")} `);
  const entry = await obtainEntry({
    shelf: join(defaultCacheRoot(), "vm-kernel"),
    key: made
      .update(await readFile(initSource))
      .digest("hex")
      .slice(0, 16),
    keep: 1,
    fill: make,
  });
  return { image: fileOf(entry, "vmlinuz").path, initial: fileOf(entry, "initial").path };
}

async function make(folder: string): Promise<void> {
  const work = await mkdtemp(join(tmpdir(), "hostkit-kernel-"));
  try {
    const root = await unpack(work);
    const [release = ""] = await readdir(join(root, "lib/modules"));
    await copyFile(join(root, `boot/vmlinuz-${release}`), join(folder, "vmlinuz"));
    const init = join(work, "init");
    await runTool("cc", ["-static", "-O2", "-Wall", "-Wextra", "-Werror", `-o${init}`, initSource]);
    const files = new Map([["init", await readFile(init)]]);
    for (const [index, path] of modules.entries()) {
      const file = join(root, "lib/modules", release, "kernel", `${path}.ko`);
      files.set(`${index}.ko`, await readFile(file));
    }
    await writeFile(join(folder, "initial"), cpioArchive(files));
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

async function unpack(work: string): Promise<string> {
  const depends = await runTool("apt-cache", ["depends", "--important", metaPackage]);
  const name = /Depends: (linux-image-\S+)/.exec(depends)?.[1];
  if (name === undefined)
    throw new Error(`apt knows no ${metaPackage}; run: apt-get update. It said:\n${depends}`);
  await runTool("sh", ["-c", 'cd "$1" && apt-get download --quiet "$2"', "sh", work, name], {
    timeoutMs: downloadMs,
  });
  const [archive] = (await readdir(work)).filter((file) => file.endsWith(".deb"));
  const root = join(work, "root");
  await runTool("dpkg-deb", ["--extract", join(work, archive!), root], { timeoutMs: 120_000 });
  return root;
}
