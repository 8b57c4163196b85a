import type { ResourceId } from "../../shared/brands.ts";
import { canonical } from "../../shared/canonical.ts";
import type { Diagnostic } from "../../shared/diagnostic.ts";
import type { Manifest } from "../../shared/manifest.ts";
import { kindOf, type Resource } from "../../shared/resources/registry.ts";
import type { DeclaredResource, Project } from "../declare/declared.ts";
import { diagnosticOf } from "../declare/fault.ts";
import { bootstrapFirst } from "./bootstrap-first.ts";
import type { ContentRefs } from "./resolve-contents.ts";
import type { SourceMap } from "./source-map.ts";

export interface CompileContext {
  readonly refs: ContentRefs;
  readonly sources: SourceMap;
  /** Ids that are declared with faults, which are reported already: references to them are not missing. */
  readonly refused: ReadonlySet<string>;
}

/** What each service declares on a host, by its name. */
export type ServiceMembers = ReadonlyMap<string, readonly ResourceId[]>;

export type CompiledManifest =
  | { readonly manifest: Manifest; readonly services: ServiceMembers }
  | { readonly faults: readonly Diagnostic[] };

/** The project for one host, checked as far as it can be without the host. */
export function compileManifest(
  project: Project,
  host: string,
  context: CompileContext,
): CompiledManifest {
  const bootstrap = new Set<ResourceId>();
  const services = new Map<string, Set<ResourceId>>();
  const faults: Diagnostic[] = [];
  const resources = new Map<ResourceId, Resource>();
  for (const declared of project.resources) {
    if (declared.hosts !== null && !declared.hosts.includes(host)) continue;
    const resource = compileResource(declared, context);
    const first = resources.get(resource.id);
    if (first !== undefined && !sameDesired(first, resource)) {
      faults.push(differs(first, resource));
      continue;
    }
    resources.set(resource.id, first === undefined ? resource : merged(first, resource));
    if (declared.phase === "bootstrap") bootstrap.add(resource.id);
    if (declared.service === undefined) continue;
    // What two services declare alike is of both.
    services.set(declared.service, (services.get(declared.service) ?? new Set()).add(resource.id));
  }
  const ordered = bootstrapFirst([...resources.values()], { bootstrap, ...context });
  if ("faults" in ordered) faults.push(...ordered.faults);
  if (faults.length > 0 || "faults" in ordered) return { faults };
  const manifest = { version: 1, project: project.name, host } as const;
  const intents = project.intents
    .filter(({ hosts }) => hosts === null || hosts.includes(host))
    .map(({ intent }) => intent);
  return {
    manifest: {
      ...manifest,
      resources: [...ordered.resources],
      ...(intents.length === 0 ? {} : { intents }),
    },
    services: new Map([...services].map(([name, ids]) => [name, [...ids]])),
  };
}

function compileResource(declared: DeclaredResource, { refs, sources }: CompileContext): Resource {
  const desired = { ...declared.desired, ...refs.get(declared) };
  const source = sources.locate(declared.frame);
  return {
    id: declared.id,
    kind: declared.kind,
    // What a schema gives is what it takes: contents are in place now, so this is the final form.
    desired: kindOf(declared.kind).desired.parse(desired),
    dependsOn: [...declared.dependsOn],
    ...(declared.protect === undefined ? {} : { protect: declared.protect }),
    ...(declared.onRemove === undefined ? {} : { onRemove: declared.onRemove }),
    ...(source === undefined ? {} : { source }),
  } as Resource;
}

function sameDesired(a: Resource, b: Resource): boolean {
  return canonical(fieldsOf(a)) === canonical(fieldsOf(b));
}

/** All that two declarations of one thing have to agree in. */
const fieldsOf = ({ desired, protect, onRemove }: Resource): Readonly<Record<string, unknown>> => ({
  ...desired,
  protect,
  onRemove,
});

/** The same thing declared twice is one thing, which comes after all that either asked for. */
function merged(first: Resource, second: Resource): Resource {
  return { ...first, dependsOn: [...new Set([...first.dependsOn, ...second.dependsOn])] };
}

function differs(first: Resource, second: Resource): Diagnostic {
  const a = fieldsOf(first);
  const b = fieldsOf(second);
  const fields = [...new Set([...Object.keys(a), ...Object.keys(b)])].filter(
    (field) => canonical(a[field]) !== canonical(b[field]),
  );
  const { source } = first;
  const where =
    source === undefined ? "elsewhere" : `at ${source.file}:${source.line}:${source.column}`;
  const detail = `${second.id} is declared ${where} as well, with another ${fields.map((f) => `\`${f}\``).join(", ")}. A host can have only one of them: keep one, or make them equal.`;
  return diagnosticOf({ code: "HK1013", detail, resource: second.id }, second.source);
}
