import { type Splice, lineEnd, lineStart } from "./splice.ts";
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
  return Math.max(own, ...[...table.members.values()].map((member) => memberEnd(text, member)));
}

function memberEnd(text: string, member: TomlMember): number {
  if (member.kind === "line") return lineEnd(text, member.pair.end);
  if (member.kind === "table") return tableEnd(text, member);
  return Math.max(...member.tables.map((table) => tableEnd(text, table)));
}

/** All lines of something, wherever they are. `within` is the block that goes as a whole already. */
export function removal(text: string, member: TomlMember, within?: TomlBlock): Splice[] {
  if (member.kind === "items") return member.tables.flatMap((table) => removal(text, table));
  if (member.kind === "line")
    return member.block === within ? [] : [wholeLines(text, member.pair.start, member.pair.end)];
  const { block, members } = member;
  const own = block === undefined ? [] : [withoutBlock(text, block)];
  const rest = [...members.values()].flatMap((each) => removal(text, each, block ?? within));
  return [...own, ...rest];
}

function withoutBlock(text: string, block: TomlBlock): Splice {
  const lines = wholeLines(text, block.header!.start, blockEnd(text, block));
  // With the empty lines that kept it apart from the next one.
  const gap = /(?:[ \t]*\n)*/y;
  gap.lastIndex = lines.end;
  return { ...lines, end: lines.end + (gap.exec(text)?.[0].length ?? 0) };
}

function wholeLines(text: string, start: number, end: number): Splice {
  const from = lineStart(text, start);
  const to = lineEnd(text, end);
  if (to < text.length) return { start: from, end: to + 1, text: "" };
  // What is last takes the line break before it along where it had none of its own.
  return { start: Math.max(0, from - 1), end: to, text: "" };
}

/** Where lines may stand, and what keeps them apart from each other and their neighbours. */
export interface Place {
  readonly at: number;
  readonly before: string;
  readonly between: string;
  readonly after: string;
}

/** Where a line is the first of a document: before the first line or section, and the comment right above it. */
export function topOf(text: string, [first, second]: readonly TomlBlock[]): Place {
  const line = first?.pairs[0];
  if (line !== undefined)
    return { at: commentStart(text, line.start), before: "", between: "\n", after: "\n" };
  const { header } = second ?? {};
  if (header === undefined)
    return { at: text.trimEnd().length, before: "\n", between: "\n", after: "" };
  const at = commentStart(text, header.start);
  const isApart = /\n[ \t]*\n$|^$/.test(text.slice(0, at));
  return { at, before: isApart ? "" : "\n", between: "\n", after: "\n\n" };
}

/** Of the comment that stands right above a line, or of the line itself. */
function commentStart(text: string, place: number): number {
  let start = lineStart(text, place);
  while (start > 0) {
    const above = lineStart(text, start - 1);
    if (!text.slice(above, start).trim().startsWith("#")) break;
    start = above;
  }
  return start;
}

/** ` = `, or however a line has it. */
export function equalsOf(text: string, line: TomlPair | undefined): string {
  if (line === undefined) return " = ";
  return /[ \t]*=[ \t]*$/.exec(text.slice(line.start, line.value.start))?.[0] ?? " = ";
}
