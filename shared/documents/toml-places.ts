import { type Place, commentStart } from "./line-edit.ts";
import { type Splice, lineEnd, linesOf, withGap } from "./splice.ts";
import type { TomlBlock, TomlPair } from "./toml-scan.ts";
import type { TomlMember, TomlTable } from "./toml-tables.ts";

/** Where the last line of a block ends; comments behind it are thought to speak of the next one. */
function blockEnd(text: string, { header, pairs }: TomlBlock): number {
  const last = pairs.at(-1) ?? header;
  return last === undefined ? 0 : lineEnd(text, last.end);
}

/** Where the last line of a table and of all in it ends. */
export function tableEnd(text: string, table: TomlTable): number {
  const own = table.block === undefined ? 0 : blockEnd(text, table.block);
  return furthest([own, ...[...table.members.values()].map((member) => memberEnd(text, member))]);
}

function memberEnd(text: string, member: TomlMember): number {
  if (member.kind === "line") return lineEnd(text, member.pair.end);
  if (member.kind === "table") return tableEnd(text, member);
  return furthest(member.tables.map((table) => tableEnd(text, table)));
}

function furthest(places: readonly number[]): number {
  return places.reduce((a, b) => Math.max(a, b), 0);
}

/** All lines of something, wherever they are. `within` is the block that goes as a whole already. */
export function removal(text: string, member: TomlMember, within?: TomlBlock): Splice[] {
  if (member.kind === "items") return member.tables.flatMap((table) => removal(text, table));
  if (member.kind === "line")
    return member.block === within ? [] : [linesOf(text, member.pair.start, member.pair.end)];
  const { block, members } = member;
  const own = block === undefined ? [] : [withoutBlock(text, block)];
  const rest = [...members.values()].flatMap((each) => removal(text, each, block ?? within));
  return [...own, ...rest];
}

function withoutBlock(text: string, block: TomlBlock): Splice {
  return withGap(text, linesOf(text, block.header!.start, blockEnd(text, block)));
}

const COMMENT = /^\s*#/;

/** Where a line is the first of a document: before the first line or section, and the comment right above it. */
export function topOf(text: string, [first, second]: readonly TomlBlock[]): Place {
  const line = first?.pairs[0];
  if (line !== undefined)
    return { at: commentStart(text, line.start, COMMENT), before: "", between: "\n", after: "\n" };
  const { header } = second ?? {};
  if (header === undefined)
    return { at: text.trimEnd().length, before: "\n", between: "\n", after: "" };
  const at = commentStart(text, header.start, COMMENT);
  const isApart = /\n[ \t]*\n$|^$/.test(text.slice(0, at));
  return { at, before: isApart ? "" : "\n", between: "\n", after: "\n\n" };
}

/** ` = `, or however a line has it. */
export function equalsOf(text: string, line: TomlPair | undefined): string {
  if (line === undefined) return " = ";
  return /[ \t]*=[ \t]*$/.exec(text.slice(line.start, line.value.start))?.[0] ?? " = ";
}
