import { DocumentSource, type DocumentData, type DocumentMap } from "./document.ts";
import type { Handle } from "./handle.ts";
import type { LocalFile } from "./local-file.ts";
import type { Options } from "./resource-builders.ts";
import { isRecord } from "./resource-options.ts";
import { asPart, NamedTemplate } from "./text-template.ts";
import type { Secret } from "../../shared/secret.ts";

type FileOptions = Omit<Options<"file">, "content">;

/** `(path, data, options)`: a file whose content is a document. */
export type DocumentBuilder<Data> = (
  path: string,
  data: Data,
  options?: FileOptions,
) => Handle<"file">;

export interface TemplateOptions extends Omit<FileOptions, "merge"> {
  /** The text with `{{ names }}` in it: `source: fromFile("./app.conf.tmpl")`. */
  readonly source: string | LocalFile;
  /** What each name stands for, secrets included: `values: { PORT: 4000, PASSWORD: secret.env("PASSWORD") }`. */
  readonly values: Readonly<Record<string, string | number | boolean | Secret>>;
}

/** Builders of files whose content is more than text: documents, which are compared and changed by key, and templates. */
export interface DocumentBuilders {
  /** Environment variables, as systemd and dotenv libraries read them: `p.dotenv("/etc/api.env", { PORT: 4000 })`. */
  readonly dotenv: DocumentBuilder<DocumentMap>;
  /** An INI file, sections one level deep: `p.ini("/etc/app.ini", { NAME: "api", server: { PORT: 4000 } })`. */
  readonly ini: DocumentBuilder<DocumentMap>;
  /** A YAML file: `p.yaml("/etc/app.yaml", { server: { port: 4000 } })`. */
  readonly yaml: DocumentBuilder<DocumentData>;
  /** A TOML file: `p.toml("/etc/app.toml", { server: { port: 4000 } })`. */
  readonly toml: DocumentBuilder<DocumentMap>;
  /** A JSON file: `p.json("/etc/app.json", { server: { port: 4000 } })`. */
  readonly json: DocumentBuilder<DocumentData>;
  /** A file from a text with `{{ names }}`: `p.template("/etc/app.conf", { source: fromFile("./app.conf.tmpl"), values: { PORT: 4000 } })`. */
  readonly template: (path: string, options: TemplateOptions) => Handle<"file">;
}

type FileBuilder = (path: string, options: Options<"file">) => Handle<"file">;

/** Made of the builder of files, so that they are files in every way. `place`: where a path that is given belongs. */
export function documentBuilders(
  file: FileBuilder,
  place: (path: string) => string = (path) => path,
): DocumentBuilders {
  const builder =
    (format: DocumentSource["format"]) => (path: string, data: unknown, options?: FileOptions) =>
      file(place(path), { ...merged(options), content: new DocumentSource(format, data) });
  return {
    dotenv: builder("dotenv"),
    ini: builder("ini"),
    yaml: builder("yaml"),
    toml: builder("toml"),
    json: builder("json"),
    template(path, options) {
      const { source, values, ...rest } = options;
      if (!isRecord(values)) {
        throw new TypeError("template needs `values`, an object: { PORT: 4000 }.");
      }
      for (const value of Object.values(values)) asPart(value);
      return file(place(path), { ...rest, content: new NamedTemplate(source, values) });
    },
  };
}

/** Bad options are for the builder of files to refuse, which knows what to say. */
const merged = (options: FileOptions | undefined): FileOptions =>
  options === undefined || isRecord(options) ? { ...options } : options;
