import type { CommandResult } from "../../../agent/host/host.ts";
import type { Tree } from "./tree.ts";

/** `find DIRECTORY… -type l` of GNU find; no other test is known. */
export function find(args: readonly string[], tree: Tree): CommandResult {
  const roots = args.slice(0, -2);
  if (args.at(-2) !== "-type" || args.at(-1) !== "l") {
    return { status: 1, signal: null, stdout: "", stderr: `find: unknown predicate\n` };
  }
  const missing = roots.filter(
    (root) => tree.find(root, { call: "stat", follow: "parents" }) === undefined,
  );
  const found = [...tree.walk()].filter(
    ([path, node]) => node.type === "symlink" && roots.some((root) => path.startsWith(`${root}/`)),
  );
  return {
    status: missing.length === 0 ? 0 : 1,
    signal: null,
    stdout: found.map(([path]) => `${path}\n`).join(""),
    stderr: missing.map((root) => `find: '${root}': No such file or directory\n`).join(""),
  };
}
