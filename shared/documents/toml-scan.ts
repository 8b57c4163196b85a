import type { BracketEntry, BracketNode } from "./bracket-edit.ts";
import { DocumentFault } from "./format.ts";
import { lineOf } from "./lines.ts";
import { unquoted } from "./toml-text.ts";

/** `a.b.c = value` */
export interface TomlPair {
  readonly keys: readonly string[];
  readonly start: number;
  readonly end: number;
  readonly value: BracketNode;
}

interface TomlHeader {
  readonly keys: readonly string[];
  /** `[[a]]` */
  readonly isItem: boolean;
  readonly start: number;
  readonly end: number;
}

/** A header and what belongs to it. The first block of a document has none. */
export interface TomlBlock {
  readonly header: TomlHeader | undefined;
  readonly pairs: readonly TomlPair[];
}

/** Where everything is in a document that has been read before, so that all it needs is to find its way. */
export function scanToml(text: string): TomlBlock[] {
  const scanner = new Scanner(text);
  const blocks: TomlBlock[] = [];
  let header: TomlHeader | undefined;
  let pairs: TomlPair[] = [];
  while (scanner.skipTrivia()) {
    if (scanner.peek() !== "[") {
      pairs.push(scanner.pair());
      continue;
    }
    blocks.push({ header, pairs });
    header = scanner.header();
    pairs = [];
  }
  return [...blocks, { header, pairs }];
}

class Scanner {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  peek(): string {
    return this.#text.charAt(this.#at);
  }

  /** White space, line breaks and comments; whether anything is left behind them. */
  skipTrivia(): boolean {
    while (this.#match(/\s+/y) !== "" || this.#match(/#[^\n]*/y) !== "");
    return this.#at < this.#text.length;
  }

  header(): TomlHeader {
    const start = this.#at;
    const isItem = this.#text.startsWith("[[", start);
    this.#at += isItem ? 2 : 1;
    const keys = this.#keys();
    this.#expect("]");
    if (isItem) this.#expect("]");
    return { keys, isItem, start, end: this.#at };
  }

  pair(): TomlPair {
    const start = this.#at;
    const keys = this.#keys();
    this.#expect("=");
    this.#match(/\s+/y);
    const value = this.#value();
    return { keys, start, end: value.end, value };
  }

  #keys(): string[] {
    const keys: string[] = [];
    do {
      this.#match(/[ \t]+/y);
      const start = this.#at;
      const quote = this.peek();
      if (quote === '"' || quote === "'") {
        this.#string(quote);
        keys.push(unquoted(this.#text.slice(start, this.#at)));
      } else keys.push(this.#match(/[^\s.=\]"']+/y) || this.#lost());
      this.#match(/[ \t]+/y);
    } while (this.#match(/\./y) !== "");
    return keys;
  }

  #value(): BracketNode {
    const start = this.#at;
    const first = this.peek();
    let kind: BracketNode["kind"] = "scalar";
    let entries: BracketEntry[] = [];
    if (first === "[" || first === "{") {
      kind = first === "[" ? "list" : "map";
      entries = this.#entries(first === "[" ? "]" : "}");
    } else if (first === '"' || first === "'") this.#string(first);
    // A date may have a space before its time.
    else if (this.#match(/\d{4}-\d\d-\d\d \d\d:\d\d[^\s,\]}#]*|[^\s,\]}#]+/y) === "") this.#lost();
    return { kind, start, end: this.#at, entries };
  }

  #entries(close: string): BracketEntry[] {
    this.#at++;
    const entries: BracketEntry[] = [];
    for (;;) {
      this.skipTrivia();
      if (this.#match(close === "]" ? /\]/y : /\}/y) !== "") return entries;
      if (close === "]") {
        const value = this.#value();
        entries.push({ start: value.start, end: value.end, value });
      } else {
        const { keys, ...pair } = this.pair();
        // A dotted key is a mapping of which a part is here: it can't be told by one key.
        entries.push(keys.length === 1 ? { ...pair, key: keys[0]! } : pair);
      }
      this.skipTrivia();
      this.#match(/,/y);
    }
  }

  #string(quote: string): void {
    const triple = quote.repeat(3);
    const end = this.#text.startsWith(triple, this.#at) ? triple : quote;
    let at = this.#at + end.length;
    while (at < this.#text.length && !this.#text.startsWith(end, at))
      at += quote === '"' && this.#text[at] === "\\" ? 2 : 1;
    at += end.length;
    if (at > this.#text.length) this.#lost();
    this.#at = at;
    // A long string may have up to two quotes right before its end.
    if (end === triple) this.#match(quote === '"' ? /"*/y : /'*/y);
  }

  #match(pattern: RegExp): string {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0] ?? "";
    this.#at += found.length;
    return found;
  }

  #expect(mark: string): void {
    this.#match(/\s+/y);
    if (this.peek() !== mark) this.#lost();
    this.#at++;
  }

  #lost(): never {
    throw new DocumentFault("is TOML of a kind not known here", lineOf(this.#text, this.#at));
  }
}
