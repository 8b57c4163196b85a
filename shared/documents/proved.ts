import { laidOver, sameData } from "./compare.ts";
import { type Data, pathText } from "./data.ts";
import {
  type DataFault,
  DocumentFault,
  type DocumentFormat,
  type EditOptions,
  type FormatName,
} from "./format.ts";
import { MAX_LENGTH, checkLength, commonFaults, withinStack } from "./limits.ts";

/** What is particular about a format. Texts have no byte order mark and, unless they mix them, line feeds for line breaks. */
export interface Grammar {
  readonly name: FormatName;
  /** Characters that it can be asked to read. */
  readonly maxLength?: number;
  /** Throws `DocumentFault`. */
  read(text: string): Data;
  normalize(data: Data): Data;
  /** What is to be said besides `commonFaults`, of data without them. */
  faults(data: Data): readonly DataFault[];
  write(data: Data): string;
  /** The text of `before` changed to be one of `after`, the best way first; which of them are is looked at afterwards. */
  changes(text: string, before: Data, after: Data): Iterable<string | undefined>;
}

/** Makes a format of a grammar. Nothing that it writes leaves here without having been read again. */
export function proved(grammar: Grammar): DocumentFormat {
  const { name, maxLength = MAX_LENGTH } = grammar;

  function parse(text: string): Data {
    checkLength(text, maxLength);
    return read(bare(text).body);
  }

  function read(body: string): Data {
    const data = withinStack(() => grammar.read(body));
    const fault = commonFaults(data)[0];
    if (fault !== undefined) throw new DocumentFault(sentence(fault));
    return data;
  }

  function faults(data: Data): readonly DataFault[] {
    const common = commonFaults(data, maxLength);
    return common.length > 0 ? common : grammar.faults(data);
  }

  function refuseFaults(data: Data): void {
    const fault = faults(data)[0];
    if (fault !== undefined) throw new DocumentFault(sentence(fault));
  }

  function render(data: Data): string {
    refuseFaults(data);
    return written(grammar.normalize(data));
  }

  function written(data: Data): string {
    const text = grammar.write(data);
    checkLength(text, maxLength);
    if (!isOf(text, data)) throw new DocumentFault("can't be written so that it reads as declared");
    return text;
  }

  function isOf(text: string, data: Data): boolean {
    try {
      checkLength(text, maxLength);
      return sameData(read(text), data);
    } catch (error) {
      if (error instanceof DocumentFault) return false;
      throw error;
    }
  }

  function edit(text: string, data: Data, { others }: EditOptions): string {
    refuseFaults(data);
    checkLength(text, maxLength);
    const { body, dress } = bare(text);
    const before = read(body);
    const declared = grammar.normalize(data);
    const after = others === "keep" ? laidOver(before, declared) : declared;
    if (sameData(before, after)) return text;
    let tried = "";
    const changed = withinStack(() => {
      for (const candidate of grammar.changes(body, before, after)) {
        if (candidate !== undefined && isOf(candidate, after)) return candidate;
        tried = candidate ?? tried;
      }
      return undefined;
    });
    if (changed !== undefined) return dress(changed);
    if (others === "remove") return dress(written(declared));
    checkLength(tried, maxLength);
    throw new DocumentFault(
      "is written in a way in which it can't be changed without touching what others manage",
    );
  }

  return { name, parse, normalize: (data) => grammar.normalize(data), faults, render, edit };
}

function sentence({ at, why }: DataFault): string {
  return `${pathText(at)} ${why}`;
}

interface Bare {
  readonly body: string;
  /** Puts back what was taken off. */
  readonly dress: (body: string) => string;
}

const BOM = "\uFEFF";

/** A text without what editors of other systems put around it. */
function bare(text: string): Bare {
  const mark = text.startsWith(BOM) ? BOM : "";
  const body = text.slice(mark.length);
  // Where both kinds of line breaks occur, each stays what it is.
  if (!body.includes("\r") || /\r(?!\n)|(?<!\r)\n/.test(body))
    return { body, dress: (t) => mark + t };
  return {
    body: body.replaceAll("\r\n", "\n"),
    dress: (t) => mark + t.replaceAll("\n", "\r\n"),
  };
}
