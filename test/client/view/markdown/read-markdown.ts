/** Reads a comment as GitHub would, as far as HostKit writes any: blocks, what can be opened, code. */

export interface ReadMarkdown {
  /** What is neither in a fenced block nor in code, which alone could be a link, a mention or HTML. */
  readonly prose: string;
  /** Texts of fenced blocks. */
  readonly blocks: readonly string[];
  /** Texts of code, spans and elements. */
  readonly code: readonly string[];
}

/** Throws where something is not closed, or closed twice. */
export function readMarkdown(text: string): ReadMarkdown {
  const blocks: string[] = [];
  const code: string[] = [];
  const prose: string[] = [];
  let fence: { readonly length: number; readonly lines: string[] } | undefined;
  let open = 0;
  for (const line of text.split("\n")) {
    const run = /^ {0,3}(`{3,})([^`]*)$/.exec(line);
    if (fence !== undefined) {
      const ends = run !== null && run[1]!.length >= fence.length && run[2]!.trim() === "";
      if (!ends) {
        fence.lines.push(line);
        continue;
      }
      blocks.push(fence.lines.join("\n"));
      fence = undefined;
      continue;
    }
    if (run !== null) {
      fence = { length: run[1]!.length, lines: [] };
      continue;
    }
    const rest = withoutCode(line, code);
    open += rest.split("<details>").length - 1;
    open -= rest.split("</details>").length - 1;
    if (open < 0 || open > 1) throw new Error(`details do not match at: ${line}`);
    prose.push(rest);
  }
  if (fence !== undefined) throw new Error("a block is not ended");
  if (open !== 0) throw new Error("details are not ended");
  return { prose: prose.join("\n"), blocks, code };
}

function withoutCode(line: string, code: string[]): string {
  if (line.startsWith("<details><summary>")) {
    return line.replaceAll(/<code>([^<]*)<\/code>/g, (_all, inner: string) => {
      code.push(
        inner.replaceAll(/&#(\d+);/g, (_, digits: string) => String.fromCharCode(Number(digits))),
      );
      return "";
    });
  }
  let rest = "";
  for (let at = 0; at < line.length;) {
    const ticks = /^`+/.exec(line.slice(at))?.[0];
    if (ticks === undefined) {
      rest += line[at];
      at += 1;
      continue;
    }
    const end = endOf(line, at + ticks.length, ticks.length);
    if (end === undefined) throw new Error(`code is not ended: ${line}`);
    const inner = line.slice(at + ticks.length, end);
    const isPadded = /^ .* $/.test(inner) && inner.trim() !== "";
    code.push(isPadded ? inner.slice(1, -1) : inner);
    at = end + ticks.length;
  }
  return rest;
}

/** Where the run of as many backticks begins that ends a span. */
function endOf(line: string, from: number, length: number): number | undefined {
  for (const { 0: run, index } of line.slice(from).matchAll(/`+/g)) {
    if (run.length === length) return from + index;
  }
  return undefined;
}
