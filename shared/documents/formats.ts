import type { DocumentFormat, FormatName } from "./format.ts";

/** Five parsers together cost every start of an agent 5 ms, and most runs need none of them. */
const LOADERS: Readonly<Record<FormatName, () => Promise<DocumentFormat>>> = {
  dotenv: async () => (await import("./dotenv.ts")).dotenv,
  ini: async () => (await import("./ini.ts")).ini,
  yaml: async () => (await import("./yaml.ts")).yaml,
  toml: async () => (await import("./toml.ts")).toml,
  json: async () => (await import("./json.ts")).json,
};

const loaded = new Map<FormatName, DocumentFormat>();

/** Makes formats ready for `formatOf`. */
export async function loadFormats(names: Iterable<FormatName>): Promise<void> {
  const wanted = [...new Set(names)].filter((name) => !loaded.has(name));
  await Promise.all(wanted.map(async (name) => loaded.set(name, await LOADERS[name]())));
}

/** One that has been loaded. */
export function formatOf(name: FormatName): DocumentFormat {
  const format = loaded.get(name);
  if (format === undefined) throw new Error(`the format ${name} is used before it is loaded`);
  return format;
}
