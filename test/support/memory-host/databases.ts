import type { Tree } from "./tree.ts";

/** One row of a colon-separated database such as passwd(5). */
export type Row = string[];

/** Reads and replaces /etc/passwd, /etc/group and /etc/shadow as text, as the shadow tools do. */
export class Databases {
  readonly #tree: Tree;

  constructor(tree: Tree) {
    this.#tree = tree;
  }

  rows(name: "passwd" | "group" | "shadow"): Row[] {
    const node = this.#tree.find(`/etc/${name}`, { call: "open", follow: "last" });
    if (node?.type !== "file") return [];
    return new TextDecoder()
      .decode(node.bytes)
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => line.split(":"));
  }

  save(name: "passwd" | "group" | "shadow", rows: readonly Row[]): void {
    const text = rows.map((row) => `${row.join(":")}\n`).join("");
    const now = this.#tree.find(`/etc/${name}`, { call: "stat", follow: "last" });
    const { uid, gid, mode } = now ?? { uid: 0, gid: 0, mode: name === "shadow" ? 0o640 : 0o644 };
    this.#tree.putFile(`/etc/${name}`, new TextEncoder().encode(text), { uid, gid, mode });
  }

  remove(name: "passwd" | "group" | "shadow", key: string): void {
    this.save(
      name,
      this.rows(name).filter((row) => row[0] !== key),
    );
  }

  find(name: "passwd" | "group", key: string): Row | undefined {
    return this.rows(name).find((row) => row[0] === key);
  }

  hasNumber(name: "passwd" | "group", number: number): boolean {
    return this.rows(name).some((row) => Number(row[2]) === number);
  }

  /** As useradd(8) chooses: above the highest for people, below the lowest for the system. */
  freeNumber(name: "passwd" | "group", range: "people" | "system"): number {
    const used = this.rows(name).map((row) => Number(row[2]));
    if (range === "people") {
      return Math.max(999, ...used.filter((number) => number >= 1000 && number < 60_000)) + 1;
    }
    return Math.min(1000, ...used.filter((number) => number > 100 && number < 1000)) - 1;
  }
}
