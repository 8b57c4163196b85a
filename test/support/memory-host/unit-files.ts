import { parseUnit } from "../../../shared/systemd/unit-file.ts";
import type { Tree } from "./tree.ts";

/** Where whole units lie, the first counts; see systemd.unit(5), UNIT FILE LOAD PATH. */
const LOAD_PATH = [
  "/etc/systemd/system.control",
  "/run/systemd/transient",
  "/etc/systemd/system",
  "/run/systemd/system",
  "/usr/lib/systemd/system",
];
const CONFIG = "/etc/systemd/system";

/** A unit as it lies on the disk. */
export interface UnitOnDisk {
  /** The name it goes by, which an alias leads to. */
  readonly id: string;
  readonly loadState: "loaded" | "not-found" | "masked" | "bad-setting";
  readonly fragment: string;
  readonly text: string;
  /** Of the file; another one means that it was written again. */
  readonly version: number;
}

const absent = (id: string): UnitOnDisk => ({
  id,
  loadState: "not-found",
  fragment: "",
  text: "",
  version: 0,
});

export function loadUnit(tree: Tree, name: string): UnitOnDisk {
  const template = name.replace(/@.+(?=\.)/, "@");
  for (const directory of LOAD_PATH) {
    for (const candidate of new Set([name, template])) {
      const found = loadFile(tree, `${directory}/${candidate}`, name);
      if (found !== undefined) return found;
    }
  }
  return absent(name);
}

function loadFile(tree: Tree, path: string, name: string): UnitOnDisk | undefined {
  const link = tree.find(path, { call: "open", follow: "parents" });
  if (link === undefined) return undefined;
  if (link.type === "symlink" && link.target === "/dev/null") {
    return { ...absent(name), loadState: "masked", fragment: path };
  }
  const file = tree.find(path, { call: "open", follow: "last" });
  if (file?.type !== "file") return undefined;
  const id = link.type === "symlink" ? (link.target.split("/").at(-1) ?? name) : name;
  const fragment = link.type === "symlink" ? link.target : path;
  const text = new TextDecoder().decode(file.bytes);
  const loadState = text === "" ? "masked" : isAccepted(text) ? "loaded" : "bad-setting";
  return { id, loadState, fragment, text, version: file.version };
}

/** The few settings that systemd 252 refuses to load a unit for; what it does not know it only warns of. */
function isAccepted(text: string): boolean {
  const directives = parseUnit(text);
  const commands = directives.filter((d) => d.section === "Service" && d.name === "ExecStart");
  if (directives.some((d) => d.section === "Timer")) return true;
  if (commands.length === 0) return directives.some((d) => d.name === "ExecStop");
  return commands.every((d) => /^[-@:+!|]*"?(\/|[A-Za-z0-9_.-]+( |$))/.test(d.value));
}

export const settingOf = (text: string, section: string, name: string): string | undefined =>
  parseUnit(text).findLast((d) => d.section === section && d.name === name)?.value;

const wordsOf = (text: string, name: string): string[] =>
  parseUnit(text)
    .filter((d) => d.section === "Install" && d.name === name)
    .flatMap((d) => d.value.split(/\s+/))
    .filter((word) => word !== "");

/** The links that enabling makes, as path and target. */
export function installLinks(name: string, text: string): [path: string, target: string][] {
  const target = `${CONFIG}/${name}`;
  return [
    ...wordsOf(text, "WantedBy").map((by): [string, string] => [
      `${CONFIG}/${by}.wants/${name}`,
      target,
    ]),
    ...wordsOf(text, "RequiredBy").map((by): [string, string] => [
      `${CONFIG}/${by}.requires/${name}`,
      target,
    ]),
    ...wordsOf(text, "Alias").map((alias): [string, string] => [`${CONFIG}/${alias}`, target]),
  ];
}

/** As systemctl(1) is-enabled, from the disk. */
export function enablementOf(tree: Tree, unit: UnitOnDisk): string {
  if (unit.loadState === "not-found") return "";
  if (unit.loadState === "masked") return "masked";
  if (unit.fragment.startsWith("/run/systemd/transient/")) return "transient";
  if (hasLink(tree, unit.id, CONFIG)) return "enabled";
  if (hasLink(tree, unit.id, "/run/systemd/system")) return "enabled-runtime";
  if (installLinks(unit.id, unit.text).length > 0) return "disabled";
  return wordsOf(unit.text, "Also").length > 0 ? "indirect" : "static";
}

const hasLink = (tree: Tree, name: string, below: string) =>
  linksTo(tree, name).some((path) => path.startsWith(`${below}/`));

/** Links that enabling left behind, wherever they are: disabling looks for them, not for what the file says now. */
export function linksTo(tree: Tree, name: string): string[] {
  const links: string[] = [];
  for (const [path, node] of tree.walk()) {
    const leads = node.type === "symlink" && node.target.split("/").at(-1) === name;
    if (leads && path.includes("/systemd/system/")) links.push(path);
  }
  return links;
}

/** With the `.wants` it was the last in. */
export function removeLink(tree: Tree, path: string): void {
  tree.remove(path);
  const parent = path.slice(0, path.lastIndexOf("/"));
  const node = tree.find(parent, { call: "rmdir", follow: "parents" });
  const empty = node?.type === "directory" && node.entries.size === 0;
  if (empty && !parent.endsWith("/system")) tree.remove(parent);
}
