import type { Data, DataPath } from "./data.ts";

export const FORMAT_NAMES = ["dotenv", "ini", "yaml", "toml", "json"] as const;
export type FormatName = (typeof FORMAT_NAMES)[number];

/** Something that a format can't hold, or would hold as something else. */
export interface DataFault {
  readonly at: DataPath;
  /** `has a line break, which an INI file can't hold` */
  readonly why: string;
}

/** A text that is no document of its format. */
export class DocumentFault extends Error {
  override readonly name = "DocumentFault";
  /** From 1; absent where the parser does not tell. */
  readonly line: number | undefined;

  /** `message` never quotes the text: it may hold secrets. */
  constructor(message: string, line?: number) {
    super(message);
    this.line = line;
  }
}

export interface EditOptions {
  /**
   * Keys that the document has and `data` does not: `remove` them, or `keep` them because others manage them. What is wanted with
   * `keep` is `laidOver(parse(text), normalize(data))` of `compare.ts`.
   */
  readonly others: "remove" | "keep";
}

/** One structured format. Pure; what is rendered or edited is proved by reading it again. */
export interface DocumentFormat {
  readonly name: FormatName;
  /**
   * Throws `DocumentFault`. What data has no word for is the text that stands there: dates, infinities, and integers that a number
   * can't hold exactly.
   */
  parse(text: string): Data;
  /** As the format would give it back: an INI file knows text only, and no `null`. */
  normalize(data: Data): Data;
  /** All that keeps the format from holding it; empty when it can. */
  faults(data: Data): readonly DataFault[];
  /** A new document, keys in the given order, with a line break at its end. */
  render(data: Data): string;
  /**
   * The document with what differs changed and all else left as it is: comments, order, spacing. Lists are compared item by
   * item. Throws `DocumentFault` where the text can't be parsed, or can't be edited without losing something.
   */
  edit(text: string, data: Data, options: EditOptions): string;
}
