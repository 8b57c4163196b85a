import { dirname, resolve } from "node:path";
import type { Content, ContentRef } from "../../shared/content.ts";
import { pathText } from "../../shared/documents/data.ts";
import { formatOf, loadFormats } from "../../shared/documents/formats.ts";
import type { ContentSource, DeclaredResource, Project } from "../declare/declared.ts";
import { DocumentSource } from "../declare/document.ts";
import type { Fault } from "../declare/fault.ts";
import { LocalFile } from "../declare/local-file.ts";
import { NamedTemplate, TextTemplate } from "../declare/text-template.ts";
import { type ContentStore, messageOf, readText } from "./contents.ts";
import { fillIn } from "./named-template.ts";
import { SecretReferences } from "./secret-references.ts";
import type { SourceMap } from "./source-map.ts";

/** Bytes; its parts are in the manifest. */
const TEMPLATE_LIMIT = 1024 * 1024;

/** By resource and field: what a secret refers to may depend on where it is used. */
export type ContentRefs = ReadonlyMap<DeclaredResource, Readonly<Record<string, Content>>>;

interface Resolving {
  readonly store: ContentStore;
  readonly sources: SourceMap;
  readonly configPath: string;
}

/** Reads all contents a project names; texts and bytes from the declaration, files from this machine. */
export async function resolveContents(
  project: Project,
  resolving: Resolving,
): Promise<{ readonly refs: ContentRefs; readonly faults: readonly Fault[] }> {
  const resolver = new Resolver(resolving, project.name);
  const refs = new Map<DeclaredResource, Record<string, Content>>();
  for (const resource of project.resources) {
    const own: Record<string, Content> = {};
    for (const [field, source] of Object.entries(resource.contents)) {
      // One at a time: a project has few files, and a big one keeps the disk busy by itself.
      const content = await resolver.contentOf(source, { resource, field });
      if (content !== undefined) own[field] = content;
    }
    refs.set(resource, own);
  }
  return { refs, faults: [...resolver.faults, ...resolver.secrets.faults] };
}

interface Where {
  readonly resource: DeclaredResource;
  readonly field: string;
}

class Resolver {
  readonly faults: Fault[] = [];
  readonly secrets: SecretReferences;
  readonly #resolving: Resolving;
  readonly #files = new Map<string, ContentRef>();

  constructor(resolving: Resolving, project: string) {
    this.#resolving = resolving;
    this.secrets = new SecretReferences(resolving, project);
  }

  /** `undefined` where it can't be had; the faults say why. */
  async contentOf(source: ContentSource, where: Where): Promise<Content | undefined> {
    const { store } = this.#resolving;
    if (typeof source === "string") return store.addBytes(Buffer.from(source));
    if (source instanceof TextTemplate) return this.#text(source, where);
    if (source instanceof NamedTemplate) return this.#named(source, where);
    if (source instanceof DocumentSource) return this.#document(source, where);
    if (source instanceof LocalFile) return this.#file(source, where, (path) => this.#add(path));
    return store.addBytes(source);
  }

  async #add(path: string): Promise<ContentRef> {
    const ref = this.#files.get(path) ?? (await this.#resolving.store.addFile(path));
    this.#files.set(path, ref);
    return ref;
  }

  async #file<Result>(
    source: LocalFile,
    { resource: { id, frame }, field }: Where,
    read: (path: string) => Promise<Result>,
  ): Promise<Result | undefined> {
    const { sources, configPath } = this.#resolving;
    const path = resolve(dirname(sources.place(source.frame)?.path ?? configPath), source.path);
    try {
      return await read(path);
    } catch (error) {
      const detail = `\`${field}\` of ${id} is to come from ${path}, but ${messageOf(error)}. The path given, ${JSON.stringify(source.path)}, starts from the file it is written in.`;
      this.faults.push({ code: "HK1030", detail, resource: id, frame: source.frame ?? frame });
      return undefined;
    }
  }

  #text({ parts }: TextTemplate, { resource: { id, frame } }: Where): Content {
    const template = parts.map((part, index) =>
      typeof part === "string"
        ? part
        : {
            secret: this.secrets.referenceOf(part, {
              place: `${id}#${index}`,
              resource: id,
              frame,
            }),
          },
    );
    const isPlain = template.every((part) => typeof part === "string");
    return isPlain ? this.#resolving.store.addBytes(Buffer.from(template.join(""))) : { template };
  }

  async #named(template: NamedTemplate, where: Where): Promise<Content | undefined> {
    const { source } = template;
    const text =
      typeof source === "string"
        ? source
        : await this.#file(source, where, (path) => readText(path, TEMPLATE_LIMIT));
    if (text === undefined) return undefined;
    const filled = fillIn(text, template.values);
    if ("parts" in filled) return this.#text(new TextTemplate(filled.parts), where);
    const { id, frame } = where.resource;
    for (const what of filled.faults) {
      const detail = `The template of ${id} ${what}`;
      this.faults.push({ code: "HK1041", detail, resource: id, frame });
    }
    return undefined;
  }

  async #document(
    source: DocumentSource,
    { resource: { id, frame }, field }: Where,
  ): Promise<Content> {
    await loadFormats([source.format]);
    const format = formatOf(source.format);
    for (const { at, why } of format.faults(source.data)) {
      const what = at.length === 0 ? why : `has ${pathText(at)}, which ${why}`;
      const detail = `\`${field}\` of ${id} ${what}.`;
      this.faults.push({ code: "HK1044", detail, resource: id, frame });
    }
    const secrets = source.secrets.map(({ at, secret }) => {
      const place = `${id}#${pathText(at)}`;
      return {
        at: [...at],
        secret: this.secrets.referenceOf(secret, { place, resource: id, frame }),
      };
    });
    return {
      format: source.format,
      data: format.normalize(source.data),
      secrets,
      redacted: source.redacted.map((at) => [...at]),
    };
  }
}
