import { additions } from "./additions.ts";
import { valueChanges } from "./bracket-edit.ts";
import { align, member, sameData } from "./compare.ts";
import { type Data, type DataMap, isDataMap } from "./data.ts";
import { type Splice, addAll, applySplices, isFirstOnLine, lineEnd, lineStart } from "./splice.ts";
import { bracketOf, flowStyle } from "./yaml-flow.ts";
import {
  type Node,
  type Pair,
  type Scalar,
  type YAMLMap,
  type YAMLSeq,
  isMap,
  isScalar,
  isSeq,
} from "./yaml-nodes.ts";
import { YamlReader, saidByItself } from "./yaml-read.ts";

interface Change<T = Data> {
  readonly before: T;
  readonly after: T;
}

/** A member of a block mapping or list: its own lines. */
interface Member {
  /** Of the key, or of the dash. */
  readonly start: number;
  readonly node: Node;
}

/** Writes lines of a block, without indentation and without a line break at the end. */
type Write = (data: DataMap | readonly Data[]) => string;

/** Thrown where the text is of a kind in which no lines can be told to belong to something. */
class NotByLines extends Error {}

/** Changes lines of a text, and leaves all others byte for byte; `undefined` where it is not made of such lines. */
export function changeLines(
  text: string,
  root: Node | null,
  { before, after, write }: Change & { readonly write: Write },
): string | undefined {
  try {
    return applySplices(
      text,
      new LineEditor(text, write).changes(root, { before, after }) ?? lost(),
    );
  } catch (error) {
    if (error instanceof NotByLines) return undefined;
    throw error;
  }
}

function lost(): never {
  throw new NotByLines();
}

class LineEditor {
  readonly #text: string;
  readonly #write: Write;
  readonly #reader: YamlReader;

  constructor(text: string, write: Write) {
    this.#text = text;
    this.#write = write;
    this.#reader = new YamlReader(text);
  }

  /** `undefined` where the value has to be written anew. */
  changes(node: Node | null, { before, after }: Change): Splice[] | undefined {
    if (sameData(before, after)) return [];
    if (node === null || node.range == null) return undefined;
    if (isScalar(node)) return this.#scalar(node, after);
    const isEmpty = typeof after === "object" && after !== null && Object.keys(after).length === 0;
    if (isMap(node) && isDataMap(before) && isDataMap(after)) {
      if (node.flow === true) return this.#flow(node, { before, after });
      return isEmpty ? undefined : this.#map(node, { before, after });
    }
    if (isSeq(node) && Array.isArray(before) && Array.isArray(after)) {
      if (node.flow === true) return this.#flow(node, { before, after });
      return isEmpty ? undefined : this.#seq(node, { before, after });
    }
    return undefined;
  }

  /** In place, and in the quotes that are there, where both are on one line. */
  #scalar({ range, type }: Scalar, after: Data): Splice[] | undefined {
    if (typeof after === "object" && after !== null) return undefined;
    const [start, end] = range!;
    if (start === end || this.#text.slice(start, end).includes("\n")) return undefined;
    const plain = this.#write([after]).slice("- ".length);
    const isText = typeof after === "string" && !/[\p{C}\u2028\u2029]/u.test(after);
    if (isText && type === "QUOTE_DOUBLE") return [{ start, end, text: JSON.stringify(after) }];
    if (isText && type === "QUOTE_SINGLE")
      return [{ start, end, text: `'${after.replaceAll("'", "''")}'` }];
    return plain.includes("\n") ? undefined : [{ start, end, text: plain }];
  }

  #flow(node: Node, change: Change): Splice[] | undefined {
    const bracket = bracketOf(node, this.#reader);
    return bracket === undefined ? undefined : valueChanges(flowStyle(this.#text), bracket, change);
  }

  #map(map: YAMLMap, { before, after }: Change<DataMap>): Splice[] {
    const places = new Map<string, Member>();
    for (const { key, value } of map.items as Pair<Node | null, Node | null>[]) {
      if (key === null || value === null || key.range == null) lost();
      places.set(this.#reader.key(key), { start: key.range[0], node: value });
    }
    const first = [...places.values()][0] ?? lost();
    const column = this.#column(first.start);
    const added = additions(saidByItself(before, after, places), places, (key, value) =>
      this.#indented({ [key]: value }, column),
    );
    const splices = this.#added(first, added.get(undefined) ?? [], "before");
    const kept: Kept[] = [];
    for (const [key, place] of places) {
      const was = member(before, key);
      const now = member(after, key);
      addAll(splices, this.#added(place, added.get(place) ?? [], "after"));
      // A merge key is none of the data, and what it brings may be wanted.
      kept.push({ place, stays: now !== undefined || was === undefined });
      if (was === undefined || now === undefined) continue;
      const anew = () => this.#indented({ [key]: now }, column).trimStart();
      addAll(splices, this.#member(place, { before: was, after: now }, anew));
    }
    return [...splices, ...this.#removals(kept)];
  }

  #seq(seq: YAMLSeq, { before, after }: Change<readonly Data[]>): Splice[] {
    const places = (seq.items as (Node | null)[]).map((item) => this.#item(item));
    const column = this.#column(places[0]?.start ?? lost());
    const { head, tail } = align(before, after);
    const room = before.length - head - tail;
    const middle = after.slice(head, after.length - tail);
    const splices: Splice[] = [];
    for (const [offset, value] of middle.slice(0, room).entries()) {
      const place = places[head + offset]!;
      const anew = () => this.#indented([value], column).trimStart();
      addAll(splices, this.#member(place, { before: before[head + offset]!, after: value }, anew));
    }
    const fresh = middle.slice(room).map((value) => this.#indented([value], column));
    const above = places[head + room - 1];
    addAll(
      splices,
      above === undefined
        ? this.#added(places[0]!, fresh, "before")
        : this.#added(above, fresh, "after"),
    );
    const gone = { from: head + middle.length, to: head + room };
    const kept = places.map((place, index) => ({
      place,
      stays: index < gone.from || index >= gone.to,
    }));
    return [...splices, ...this.#removals(kept)];
  }

  #item(node: Node | null): Member {
    const start = node?.range?.[0] ?? lost();
    const dash = this.#text.lastIndexOf("-", start - 1);
    if (dash === -1 || this.#text.slice(dash + 1, start).trim() !== "") lost();
    return { start: dash, node: node! };
  }

  /** Changes of a member's value, or the whole of it anew. */
  #member(place: Member, change: Change, anew: () => string): Splice[] {
    const inside = this.changes(place.node, change);
    if (inside !== undefined) return inside;
    const end = place.node.range?.[1] ?? lost();
    // Block texts end with their line break.
    const endsLine = this.#text[end - 1] === "\n";
    return [{ start: place.start, end, text: anew() + (endsLine ? "\n" : "") }];
  }

  #added({ start, node }: Member, written: readonly string[], where: "before" | "after"): Splice[] {
    if (written.length === 0) return [];
    const lines = written.join("\n");
    if (where === "before") {
      if (!isFirstOnLine(this.#text, start)) lost();
      const at = lineStart(this.#text, start);
      return [{ start: at, end: at, text: `${lines}\n` }];
    }
    const at = this.#end(node);
    if (at > 0 && this.#text[at - 1] === "\n") return [{ start: at, end: at, text: `${lines}\n` }];
    return [{ start: at, end: at, text: `\n${lines}` }];
  }

  #removals(members: readonly Kept[]): Splice[] {
    return members.flatMap(({ place, stays }, index) => {
      if (stays) return [];
      const end = this.#end(place.node);
      if (isFirstOnLine(this.#text, place.start)) {
        const start = lineStart(this.#text, place.start);
        // What ends the text without a line break takes the one before along.
        return [
          { start: this.#text[end - 1] === "\n" ? start : Math.max(0, start - 1), end, text: "" },
        ];
      }
      // Behind a dash, where the next one takes its place.
      const next = members[index + 1];
      if (next?.stays !== true) lost();
      return [{ start: place.start, end: next.place.start, text: "" }];
    });
  }

  /** Where the lines of a value end, comments that are indented like it included. */
  #end({ range }: Node): number {
    const end = range?.[2] ?? lost();
    return this.#text[end - 1] === "\n" ? end : lineEnd(this.#text, end);
  }

  #column(place: number): number {
    return place - lineStart(this.#text, place);
  }

  #indented(data: DataMap | readonly Data[], column: number): string {
    return this.#write(data).replaceAll(/^(?=.)/gm, " ".repeat(column));
  }
}

interface Kept {
  readonly place: Member;
  readonly stays: boolean;
}
