import * as z from "zod";
import { ResourceId } from "../brands.ts";
import type { KindDefinition, ObservedOf } from "./define-kind.ts";
import * as kinds from "./index.ts";

/** Everything that knows all kinds is derived here. */

export type Kind = keyof typeof kinds;
type Definition<K extends Kind> = (typeof kinds)[K];

export type Desired<K extends Kind> = z.output<Definition<K>["desired"]>;
export type Observed<K extends Kind> = ObservedOf<z.output<Definition<K>["observed"]>>;
/** What a person may write for a kind, its key apart. */
export type DesiredInput<K extends Kind> = z.input<Definition<K>["desired"]>;
export type KeyField<K extends Kind> = Definition<K>["key"];
export type ContentField<K extends Kind> = Definition<K>["contentFields"][number];
export type HandleFields<K extends Kind> = ReturnType<Definition<K>["handle"]>;

/** Fails to compile when an export of the registry is not the kind it is named after. */
const definitions: { readonly [K in Kind]: KindDefinition<K> } = kinds;

export const KINDS = Object.keys(definitions) as readonly Kind[];

export function isKind(name: string): name is Kind {
  return Object.hasOwn(definitions, name);
}

/** The definition of a kind, for code that is generic over kinds: what it takes and gives is `unknown` there. */
export function kindOf(kind: Kind): KindDefinition<Kind> {
  return definitions[kind];
}

/** `file:/etc/motd`: what the thing is, never what a variable was called. */
export function idOf(kind: Kind, key: string): ResourceId {
  return `${kind}:${key}` as ResourceId;
}

export const SourceLocation = z.strictObject({
  file: z.string(),
  line: z.int().min(1),
  column: z.int().min(1),
});

export const OnRemove = z.enum(["delete", "keep"]);
export type OnRemove = z.output<typeof OnRemove>;

function resourceSchema<K extends Kind>(kind: K) {
  return z.strictObject({
    id: ResourceId,
    kind: z.literal(kind),
    desired: definitions[kind].desired,
    /** Declared dependencies; implied ones are derived by the graph. */
    dependsOn: z.array(ResourceId),
    /** Never removed or let go of, also when it is no longer declared. */
    protect: z.literal(true).optional(),
    /** What becomes of it when it is no longer declared; unset: as its kind has it. */
    onRemove: OnRemove.optional(),
    source: SourceLocation.optional(),
  });
}

/** One thing on the host, as desired. */
export type ResourceOf<K extends Kind> = {
  readonly id: ResourceId;
  readonly kind: K;
  readonly desired: Desired<K>;
  readonly dependsOn: readonly ResourceId[];
  readonly protect?: true | undefined;
  readonly onRemove?: OnRemove | undefined;
  readonly source?: z.output<typeof SourceLocation> | undefined;
};
export type Resource = { [K in Kind]: ResourceOf<K> }[Kind];

const [first, ...others] = KINDS.map(resourceSchema);
if (first === undefined) throw new Error("The registry has no kinds. This is a bug in HostKit.");

// A list made from an object is not a tuple, so the union's members are lost on the type checker: the one cast.
export const Resource = z.discriminatedUnion("kind", [
  first,
  ...others,
]) as unknown as z.ZodType<Resource>;
