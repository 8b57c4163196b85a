import type { Data } from "./data.ts";
import { withoutNegativeZero } from "./normalize.ts";
import { proved } from "./proved.ts";
import { changeNodes } from "./yaml-edit.ts";
import { type Node, compose, newDocument, textOf } from "./yaml-nodes.ts";
import { YamlReader } from "./yaml-read.ts";
import { changeLines } from "./yaml-splice.ts";

/**
 * YAML 1.2 with its core schema, one document a file. Texts that readers of YAML 1.1 take for something else are quoted. What data has no word for, as
 * `.inf` or an integer that a number can't hold exactly, is told as it is written; a document with tags of its own is none that can be read.
 */
export const yaml = proved({
  name: "yaml",
  // The library takes about a second for this much.
  maxLength: 1024 * 1024,
  read,
  normalize: withoutNegativeZero,
  faults: () => [],
  write: (data) => textOf(newDocument(data), {}) ?? "",
  *changes(text, before, after) {
    const document = compose(text);
    const layout = layoutOf(text);
    const write = (data: Data) => (textOf(newDocument(data), layout) ?? "").replace(/\n$/, "");
    yield changeLines(text, document.contents, { before, after, write });
    // The library writes all of the document, in its own way where several are possible.
    changeNodes(document, { before, after });
    yield textOf(document, layout);
  },
});

function read(text: string): Data {
  const contents = compose(text).contents as Node | null;
  // A file with nothing but comments is one in which nothing is set yet.
  if (contents === null || isNothing(contents, text)) return {};
  return new YamlReader(text).read(contents);
}

function isNothing({ range }: Node, text: string): boolean {
  return range !== undefined && range !== null && text.slice(range[0], range[1]).trim() === "";
}

/** How the text is indented, by its first nested lines. */
function layoutOf(text: string): {
  indent: number;
  indentSeq: boolean;
  flowCollectionPadding: boolean;
} {
  const [, spaces = "  "] =
    /^[^\s#-][^\n]*:[ \t]*(?:#[^\n]*)?\n(?:[ \t]*(?:#[^\n]*)?\n)*( +)[^\s#-]/m.exec(text) ?? [];
  return {
    indent: spaces.length,
    indentSeq: !/^( *)[^\s#-][^\n]*:[ \t]*(?:#[^\n]*)?\n\1- /m.test(text),
    flowCollectionPadding: !/[[{][^\s\]}]/.test(text),
  };
}
