import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** One stanza of a deb822 `.sources` file: fields by their lower-case name. */
export type AptSource = Readonly<Record<string, string>>;

const debianKeyring = "/usr/share/keyrings/debian-archive-keyring.gpg";

/** Every enabled binary source this machine's apt uses, from both file formats. */
export function readAptSources(aptDirectory = "/etc/apt"): AptSource[] {
  const parts = join(aptDirectory, "sources.list.d");
  const names = listDirectory(parts).toSorted();
  return [
    ...parseOneLine(readText(join(aptDirectory, "sources.list"))),
    ...names
      .filter((name) => name.endsWith(".list"))
      .flatMap((name) => parseOneLine(readText(join(parts, name)))),
    ...names
      .filter((name) => name.endsWith(".sources"))
      .flatMap((name) => parseDeb822(readText(join(parts, name)))),
  ];
}

export function parseDeb822(text: string): AptSource[] {
  const stanzas: Record<string, string>[] = [];
  let stanza: Record<string, string> = {};
  let field: string | undefined;
  for (const line of [...text.split("\n"), ""]) {
    if (line.startsWith("#")) continue;
    if (line.trim() === "") {
      if (Object.keys(stanza).length > 0) stanzas.push(stanza);
      stanza = {};
      field = undefined;
    } else if (/^\s/.test(line)) {
      // A continuation line: an embedded key, or a list that goes on.
      if (field !== undefined) stanza[field] += `\n${line}`;
    } else {
      const colon = line.indexOf(":");
      field = line.slice(0, colon).toLowerCase();
      stanza[field] = line.slice(colon + 1).trim();
    }
  }
  return stanzas.filter(isEnabledBinarySource);
}

const oneLineFields: Readonly<Record<string, string>> = {
  arch: "architectures",
  lang: "languages",
  target: "targets",
};

export function parseOneLine(text: string): AptSource[] {
  return text.split("\n").flatMap((line) => {
    const match = /^\s*deb\s+(?:\[([^\]]*)\]\s+)?(\S+)\s+(\S+)\s*([^#]*)/.exec(line);
    if (!match) return [];
    const [, options = "", uris = "", suites = "", components = ""] = match;
    const source: Record<string, string> = { types: "deb", uris, suites };
    if (components.trim() !== "") source["components"] = components.trim();
    for (const option of options.split(/\s+/).filter((text) => text.includes("="))) {
      const [key = "", value = ""] = option.split(/[+-]?=/, 2);
      source[oneLineFields[key] ?? key] = value.replaceAll(",", " ");
    }
    return [source];
  });
}

/**
 * The sources a machine of `suite` is built from: this machine's own for that suite and its updates; on a machine of another
 * Debian release, that release's mirror asked for `suite`. Empty when no source is a Debian mirror.
 */
export function sourcesFor(suite: string, sources: readonly AptSource[]): AptSource[] {
  const wanted = new Set([suite, `${suite}-updates`, `${suite}-security`]);
  const own = sources.flatMap((source) => {
    const suites = words(source["suites"]).filter((name) => wanted.has(name));
    return suites.length > 0 ? [{ ...source, suites: suites.join(" ") }] : [];
  });
  if (own.some((source) => words(source["suites"]).includes(suite))) return own;
  const other = sources.find(
    (source) =>
      words(source["components"]).includes("main") &&
      words(source["uris"]).some((uri) => /\/debian\/?$/.test(uri)),
  );
  return other ? [{ ...other, suites: suite, "signed-by": debianKeyring }] : [];
}

export function formatDeb822(sources: readonly AptSource[]): string {
  return sources
    .map((source) =>
      Object.entries(source)
        .map(([field, value]) => `${field}: ${value}\n`)
        .join(""),
    )
    .join("\n");
}

function isEnabledBinarySource(source: AptSource): boolean {
  return words(source["types"]).includes("deb") && source["enabled"]?.toLowerCase() !== "no";
}

function words(text: string | undefined): string[] {
  return (text ?? "").split(/\s+/).filter((word) => word !== "");
}

function readText(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return "";
    throw error;
  }
}

function listDirectory(path: string): string[] {
  try {
    return readdirSync(path);
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return [];
    throw error;
  }
}
