import * as fs from "node:fs";
import { asFault, attempt } from "./fault.ts";
import {
  type CommandOptions,
  type CommandResult,
  HostFault,
  type StagedEntry,
  type StagedView,
  ViewRefused,
} from "./host.ts";
import { type Mount, visibleMounts } from "./mounts.ts";
import { runCommand } from "./run.ts";
import { STAGE_SCRIPT } from "./stage-script.ts";
import { StagedTree } from "./stage-tree.ts";

/** Kept as they are: the kernel's own, and /run, since a socket can't be reached through an overlay. */
const KEPT = ["/dev", "/sys", "/run"];
/** File systems of which an overlay is made, so that what a program writes there is gone afterwards. */
const ON_DISK = ["ext2", "ext3", "ext4", "xfs", "btrfs", "f2fs", "zfs", "bcachefs", "tmpfs"];

/** Seconds beyond its time after which a program ends of which nobody takes care any more. */
const GRACE = 5;

/** How the entries are shown: laid over the whole host, or each file in the place of one that exists. */
type Way = "layers" | "binds";

/**
 * Shows a program the host as it would be: in a mount namespace of its own (unshare(1)), with layers over the host's file
 * systems, so that nobody else sees any of it and nothing is left of it when the program ends, however that ends.
 */
export async function stage(
  entries: readonly StagedEntry[],
  { directory }: { readonly directory: string },
): Promise<StagedView> {
  if (process.getuid?.() !== 0) throw new ViewRefused("only root can make one");
  const mounts = visibleMounts(fs.readFileSync("/proc/self/mountinfo", "utf8"));
  const tree = new StagedTree(directory, mounts);
  const close = async () => {
    attempt(directory, () => fs.rmSync(directory, { recursive: true, force: true }));
  };
  try {
    fs.mkdirSync(directory, { mode: 0o700 });
    for (const name of ["tree", "large", "layers", "view"]) fs.mkdirSync(`${directory}/${name}`);
    for (const entry of entries) await tree.add(entry);
  } catch (error) {
    await close();
    const fault = asFault(directory, error);
    throw fault instanceof HostFault ? new ViewRefused(fault.message, { cause: fault }) : fault;
  }
  let way: Way = "layers";
  return {
    close,
    async run(argv, options) {
      const attemptBy = (by: Way) =>
        runBy([...ordersFor(by, tree, mounts), "--", ...argv], { directory, by, options });
      const first = await attemptBy(way);
      if (!("refused" in first)) return first;
      if (way === "binds" || tree.needLayer.length > 0) throw new ViewRefused(first.refused);
      way = "binds";
      const second = await attemptBy(way);
      if ("refused" in second) throw new ViewRefused(second.refused);
      return second;
    },
  };
}

function ordersFor(way: Way, tree: StagedTree, mounts: readonly Mount[]): string[] {
  const shown = way === "binds" ? tree.files : tree.files.filter((file) => file.large);
  const binds = shown.flatMap(({ source, path }) => ["bind", source, path]);
  if (way === "binds") return binds;
  const orders = mounts.flatMap(({ path, type }, index) => {
    if (path === "/" || tree.used.has(index)) return ["overlay", String(index), path];
    if ([...KEPT, "/proc"].some((kept) => path === kept || path.startsWith(`${kept}/`))) return [];
    // Asking a network file system what is there could wait for ever.
    return ON_DISK.includes(type) && isDirectory(path)
      ? ["overlay", String(index), path]
      : ["keep", path];
  });
  const staged = [...tree.needLayer, ...tree.files.map(({ path }) => path)];
  const kept = KEPT.filter((path) => !staged.some((each) => each.startsWith(`${path}/`)));
  return [...orders, ...kept.flatMap((path) => ["keep", path]), ...binds];
}

const isDirectory = (path: string) =>
  fs.statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;

async function runBy(
  args: readonly string[],
  {
    directory,
    by,
    options,
  }: { readonly directory: string; readonly by: Way; readonly options: CommandOptions },
): Promise<CommandResult | { readonly refused: string }> {
  const ready = `${directory}/ready`;
  fs.rmSync(ready, { force: true });
  const view = by === "layers" ? `${directory}/view` : "";
  const apart = ["--mount", "--propagation", "private", "--pid", "--fork", "--kill-child"];
  const seconds = String(Math.ceil(options.timeout / 1000) + GRACE);
  const script = ["sh", "-c", STAGE_SCRIPT, "sh", directory, view, seconds];
  try {
    const result = await runCommand(["unshare", ...apart, ...script, ...args], options);
    if (fs.existsSync(ready)) return result;
    const said = result.stderr.trim().split("\n").at(0) ?? "";
    return { refused: said || "it was not made in time" };
  } catch (error) {
    if (!(error instanceof HostFault)) throw error;
    return { refused: `unshare(1) of util-linux could not be run (${error.code})` };
  }
}
