import type { ResourceId } from "../../shared/brands.ts";
import type { KindDefinition } from "../../shared/resources/define-kind.ts";
import { idOf, isKind, OnRemove } from "../../shared/resources/registry.ts";
import type { ContentSource } from "./declared.ts";
import { contentSource, standInFor } from "./content-source.ts";
import { describe } from "./describe.ts";
import { DocumentSource } from "./document.ts";
import type { Fault } from "./fault.ts";
import { CONTENT_MESSAGE, unknownOption } from "./issues.ts";

/** What every resource builder takes besides the options of its kind. */
export const COMMON_OPTIONS = ["dependsOn", "protect", "onRemove"] as const;

export interface SplitOptions {
  /** What the kind's schema parses: the options and the key, contents replaced by a stand-in. */
  readonly input: Readonly<Record<string, unknown>>;
  readonly contents: Readonly<Record<string, ContentSource>>;
  readonly dependsOn: readonly ResourceId[];
  readonly fate: Fate;
  readonly faults: readonly Pick<Fault, "code" | "detail">[];
}

interface ReferenceContext {
  /** For messages. */
  readonly name: string;
  readonly faults: Pick<Fault, "code" | "detail">[];
}

interface Target {
  readonly definition: KindDefinition;
  readonly key: unknown;
  /** For messages. */
  readonly name: string;
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Takes the options of a resource builder apart into what the kind knows, and what every builder knows. */
export function splitOptions(options: unknown, { definition, key, name }: Target): SplitOptions {
  const faults: Pick<Fault, "code" | "detail">[] = [];
  if (options !== undefined && !isRecord(options)) {
    const found = describe(options, { quote: false });
    faults.push({
      code: "HK1021",
      detail: `${name} takes its options as an object, but was given ${found}.`,
    });
  }
  const { dependsOn: references, protect, onRemove, ...own } = isRecord(options) ? options : {};
  if (Object.hasOwn(own, definition.key)) {
    const subject = {
      name,
      schema: definition.desired,
      input: own,
      alsoKnown: COMMON_OPTIONS,
      key: { field: definition.key, what: definition.key },
    };
    faults.push(unknownOption(definition.key, [], subject));
  }
  const contents: Record<string, ContentSource> = {};
  const input: Record<string, unknown> = { ...own, [definition.key]: key };
  for (const field of definition.contentFields) {
    const value = own[field];
    if (value === undefined) continue;
    const source = contentSource(value);
    input[field] = standInFor(source);
    if (source !== undefined) {
      contents[field] = source;
      const wrong = source instanceof DocumentSource ? source.faults : [];
      faults.push(
        ...wrong.map((what) => ({
          code: "HK1044" as const,
          detail: `\`${field}\` of ${name} ${what}.`,
        })),
      );
    } else {
      const found = describe(value, { quote: false });
      const detail = `\`${field}\` of ${name} ${CONTENT_MESSAGE}, but is ${found}.`;
      faults.push({ code: "HK1021", detail });
    }
  }
  return {
    input,
    contents,
    dependsOn: referenced(references, { name, faults }),
    fate: fateIn({ protect, onRemove }, { name, faults, ...definition }),
    faults,
  };
}

/** What becomes of a resource when it is no longer declared. */
interface Fate {
  readonly protect?: true;
  readonly onRemove?: OnRemove;
}

function fateIn(
  { protect, onRemove }: { readonly protect: unknown; readonly onRemove: unknown },
  { name, faults, triggered }: ReferenceContext & Pick<KindDefinition, "triggered">,
): Fate {
  if (triggered !== undefined && (protect ?? onRemove) !== undefined) {
    const option = protect === undefined ? "onRemove" : "protect";
    const detail = `${name} has nothing on the host that could be removed, so \`${option}\` would do nothing. Leave it out.`;
    faults.push({ code: "HK1082", detail });
  }
  const refuse = (option: string, must: string, found: unknown) => {
    const detail = `\`${option}\` of ${name} must be ${must}, but is ${describe(found, { quote: true })}.`;
    faults.push({ code: "HK1021", detail });
  };
  if (protect !== undefined && typeof protect !== "boolean") {
    refuse("protect", "true or false", protect);
  }
  const policy = OnRemove.optional().safeParse(onRemove);
  if (!policy.success) refuse("onRemove", '"delete" or "keep"', onRemove);
  return {
    ...(protect === true ? { protect } : {}),
    ...(policy.data === undefined ? {} : { onRemove: policy.data }),
  };
}

function referenced(references: unknown, { name, faults }: ReferenceContext): ResourceId[] {
  if (references === undefined) return [];
  const fault = (option: string, must: string, found: unknown) => {
    const detail = `\`${option}\` of ${name} must be ${must}, but is ${describe(found, { quote: true })}.`;
    faults.push({ code: "HK1021", detail });
  };
  if (!Array.isArray(references)) {
    fault("dependsOn", "a list of handles or ids, such as [file]", references);
    return [];
  }
  const ids = (references as readonly unknown[]).map((reference, index) => {
    const id = idIn(reference);
    if (id === undefined)
      fault(`dependsOn[${index}]`, "a handle, or an id such as file:/etc/motd", reference);
    return id ?? [];
  });
  return [...new Set(ids.flat())];
}

function idIn(reference: unknown): ResourceId | undefined {
  const id = isRecord(reference) ? reference["id"] : reference;
  if (typeof id !== "string") return undefined;
  const [, kind, key] = /^([^:]+):(.+)$/s.exec(id) ?? [];
  return kind !== undefined && key !== undefined && isKind(kind) ? idOf(kind, key) : undefined;
}
