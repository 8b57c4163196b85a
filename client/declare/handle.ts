import type { ResourceId } from "../../shared/brands.ts";
import type { HandleFields, Kind } from "../../shared/resources/registry.ts";

/** What a builder returns: a frozen reference to what was declared, usable wherever its kind makes sense. */
export type Handle<K extends Kind = Kind> = {
  readonly [Field in keyof AllFields<K>]: AllFields<K>[Field];
};

type AllFields<K extends Kind> = { id: ResourceId; kind: K } & HandleFields<K>;

/** Any handle, or the id of a resource: `file:/etc/motd`. */
export type Reference = { readonly id: ResourceId } | `${Kind}:${string}`;
