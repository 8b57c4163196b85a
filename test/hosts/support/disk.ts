import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { runTool, runToolSync } from "./run-tool.ts";

/**
 * A machine's disk: an overlay over the shared image whose upper layer lies in memory. Memory rather than the real disk,
 * because an overlay's upper layer may not itself be on an overlay, and that is what a CI container's root is.
 */
export interface Disk {
  /** The machine's root as this side sees it, while the machine runs too. */
  readonly rootDirectory: string;
  readonly layers: string;
}

export function diskAt(directory: string): Disk {
  return { rootDirectory: join(directory, "root"), layers: join(directory, "layers") };
}

/** `size` is what the machine sees as its disk's size; memory is used only for what it writes. */
export async function mountDisk(
  disk: Disk,
  options: { readonly image: string; readonly size: string },
): Promise<void> {
  mkdirSync(disk.layers, { mode: 0o700 });
  mkdirSync(disk.rootDirectory, { mode: 0o700 });
  await runTool("mount", [
    "--types=tmpfs",
    `--options=size=${options.size},mode=0700`,
    "hostkit-test-disk",
    disk.layers,
  ]);
  await mountOverlay(disk, options.image);
}

/** Back to the image: everything the machine wrote is gone. */
export async function resetDisk(disk: Disk, image: string): Promise<void> {
  runToolSync("umount", [disk.rootDirectory]);
  for (const layer of layersOf(disk)) rmSync(layer, { recursive: true, force: true });
  await mountOverlay(disk, image);
}

/** `mounted` is the list of what is mounted now, so that nothing is guessed from an error message. */
export function unmountDisk(disk: Disk, mounted: ReadonlySet<string>): void {
  for (const path of [disk.rootDirectory, disk.layers]) {
    if (!mounted.has(path)) continue;
    try {
      runToolSync("umount", [path]);
    } catch {
      // Busy: a shell of the person who debugs stands in it. Lazily it goes away with the last user.
      runToolSync("umount", ["--lazy", path]);
    }
  }
}

async function mountOverlay(disk: Disk, image: string): Promise<void> {
  const [upper, work] = layersOf(disk);
  for (const layer of [upper, work]) mkdirSync(layer, { mode: 0o755 });
  const lower = image.replace(/[\\:,]/g, String.raw`\$&`);
  await runTool("mount", [
    "--types=overlay",
    `--options=lowerdir=${lower},upperdir=${upper},workdir=${work}`,
    "hostkit-test-root",
    disk.rootDirectory,
  ]);
}

function layersOf(disk: Disk): [upper: string, work: string] {
  return [join(disk.layers, "upper"), join(disk.layers, "work")];
}
