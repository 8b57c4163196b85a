import {
  type Alias,
  type CST,
  Composer,
  Document,
  type Node,
  Parser,
  type Pair,
  type Scalar,
  type Schema,
  type ToStringOptions,
  type YAMLMap,
  type YAMLSeq,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  visit,
} from "yaml";
import type { Data } from "./data.ts";
import { DocumentFault } from "./format.ts";
import { checkDepth } from "./limits.ts";
import { lineOf } from "./lines.ts";

export { isAlias, isMap, isScalar, isSeq };
export type { Alias, Node, Pair, Scalar, YAMLMap, YAMLSeq };
export type YamlDocument = Document.Parsed | Document;

/** A text with nothing but comments is a document without contents. */
export function compose(text: string): Document.Parsed {
  const tokens = [...new Parser().parse(text)];
  // The parser has no stack to overflow; what makes nodes of its tokens has.
  checkDepth(tokens, tokensIn);
  // Whether keys are unique is looked at later: the library compares each with each.
  const composer = new Composer({ uniqueKeys: false, prettyErrors: false, stringKeys: false });
  const [document, second] = [...composer.compose(tokens, true, text.length)];
  if (second !== undefined)
    throw new DocumentFault("has several YAML documents", lineOf(text, second.range[0]));
  if (document === undefined) throw new DocumentFault("is no YAML");
  const [error] = document.errors;
  if (error !== undefined) {
    // Its message may show the text; its code is as good: `BAD_INDENT`.
    const why = error.code.toLowerCase().replaceAll("_", " ");
    throw new DocumentFault(`is no YAML: ${why}`, lineOf(text, error.pos[0]));
  }
  const [warning] = document.warnings;
  if (warning !== undefined) {
    const why =
      warning.code === "TAG_RESOLVE_FAILED"
        ? "has a tag, which plain data has no word for"
        : "is YAML of a kind not known here";
    throw new DocumentFault(why, lineOf(text, warning.pos[0]));
  }
  return document;
}

function tokensIn(token: object): readonly unknown[] {
  if (Array.isArray(token)) return token as CST.Token[];
  if ("items" in token)
    return (token.items as CST.CollectionItem[]).flatMap(({ key, value }) => [key, value]);
  return "type" in token && token.type === "document" && "value" in token ? [token.value] : [];
}

export function newDocument(contents: Data): Document {
  const document = new Document();
  document.contents = nodeOf(document, contents);
  return document;
}

/** Nodes for data, with texts quoted that readers of YAML 1.1 take for something else: `on`, `1:20`. */
export function nodeOf(document: YamlDocument, data: Data): Node {
  const node = document.createNode(data);
  visit(node, {
    Scalar(_, scalar) {
      if (typeof scalar.value === "string" && isOtherIn11(scalar.value))
        scalar.type = "QUOTE_DOUBLE";
    },
  });
  return node;
}

/** As nodes and text of a document; key and value are made for it. */
export function pairOf(document: YamlDocument, key: string, value: Data): Pair {
  const pair = document.createPair(key, null);
  pair.key = nodeOf(document, key);
  pair.value = nodeOf(document, value);
  return pair;
}

let tags11: Schema["tags"] | undefined;

export function isOtherIn11(text: string): boolean {
  tags11 ??= new Document(null, { version: "1.1", merge: true }).schema.tags;
  return text === "=" || tags11.some((tag) => "test" in tag && tag.test?.test(text));
}

/** The document as text; `undefined` where an alias has lost its anchor. */
export function textOf(document: YamlDocument, layout: ToStringOptions): string | undefined {
  try {
    // No folding: a long value stays on its line.
    return document.toString({ ...layout, lineWidth: 0 });
  } catch (error) {
    if (error instanceof RangeError) throw error;
    return undefined;
  }
}
