/** Reads as much of the DOT language as HostKit writes, and throws at anything else. https://graphviz.org/doc/info/lang.html */

export interface ReadDot {
  /** Labels by name. */
  readonly nodes: ReadonlyMap<string, string>;
  readonly edges: readonly { readonly from: string; readonly to: string; readonly label: string }[];
  /** Labels. */
  readonly clusters: readonly string[];
}

const TOKEN = /\s*(?:("(?:[^"\\]|\\.)*")|([A-Za-z_][A-Za-z_0-9]*)|(->|[{}[\]=;,]))/sy;

function tokensOf(text: string): string[] {
  const tokens: string[] = [];
  const trimmed = text.trimEnd();
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < trimmed.length) {
    const at = TOKEN.lastIndex;
    const [, quoted, name, sign] = TOKEN.exec(trimmed) ?? [];
    const token = quoted ?? name ?? sign;
    if (token === undefined) throw new Error(`not DOT: ${trimmed.slice(at, at + 40)}`);
    tokens.push(token);
  }
  return tokens;
}

/** A label as it is drawn: escapes first, then references to characters. */
function drawn(token: string): string {
  const text = token.startsWith('"') ? token.slice(1, -1) : token;
  const unescaped = text.replaceAll(/\\(.)/gs, (_all, next: string) => {
    if (next !== '"' && next !== "\\")
      throw new Error(`an escape that draws something else: ${text}`);
    return next;
  });
  return unescaped.replaceAll(/&(\w+);/g, (all, name: string) => {
    if (name !== "amp") throw new Error(`a reference that draws something else: ${all}`);
    return "&";
  });
}

export function readDot(text: string): ReadDot {
  const tokens = tokensOf(text);
  let at = 0;
  const take = (expected?: string) => {
    const token = tokens[at++];
    if (token === undefined || (expected !== undefined && token !== expected)) {
      throw new Error(`expected ${expected}, found ${token}`);
    }
    return token;
  };
  const nodes = new Map<string, string>();
  const edges: { from: string; to: string; label: string }[] = [];
  const clusters: string[] = [];
  const attributes = () => {
    const found = new Map<string, string>();
    if (tokens[at] !== "[") return found;
    take("[");
    while (tokens[at] !== "]") {
      const name = take();
      take("=");
      found.set(name, drawn(take()));
      if (tokens[at] === ",") take(",");
    }
    take("]");
    return found;
  };
  const statements = (isCluster: boolean) => {
    take("{");
    while (tokens[at] !== "}") {
      const first = take();
      if (first === "subgraph") {
        if (!take().startsWith("cluster_")) throw new Error("a subgraph that is no cluster");
        statements(true);
      } else if (tokens[at] === "=") {
        take("=");
        const value = drawn(take());
        if (first === "label" && isCluster) clusters.push(value);
        take(";");
      } else if (tokens[at] === "->") {
        take("->");
        const to = take();
        edges.push({ from: first, to, label: attributes().get("label") ?? "" });
        take(";");
      } else {
        const label = attributes().get("label");
        if (first !== "node") nodes.set(first, label ?? first);
        take(";");
      }
    }
    take("}");
  };
  take("digraph");
  take();
  statements(false);
  if (at !== tokens.length) throw new Error("something behind the graph");
  return { nodes, edges, clusters };
}
