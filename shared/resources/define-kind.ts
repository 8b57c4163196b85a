import type * as z from "zod";
import type { Digest, ResourceId } from "../brands.ts";
import type { ContentRef } from "../content.ts";
import type { Action, Difference, EdgeReason, Follow, Prediction } from "../change.ts";
import type { Rendering } from "../rendering.ts";
import type { SecretUse } from "../secret.ts";

/**
 * A thing a resource provides or relies on. The graph is made of these, so that no kind needs to know another:
 * `path:/etc/app` is provided by a directory, and relied on by every file below it.
 */
export type Claim = `${"path" | "user" | "group" | "unit"}:${string}`;

export interface Need {
  readonly claim: Claim;
  readonly reason: EdgeReason;
  /** `nearest`: the claim itself or, for paths, its closest declared ancestor. */
  readonly match: "exact" | "nearest";
  /** What is read there, not only relied on: of the very thing that is claimed, never of a directory above it. */
  readonly input?: boolean;
  /** Nothing but a declaration of it will do: what the host has anyway does not count. */
  readonly declared?: true;
}

/** A kind that has nothing on the host to compare: it is run when what it comes after changes, and only then. */
interface Triggered {
  /** What goes on while it runs, to be put before its name: `waiting for`. */
  readonly doing: string;
}

/** A field as it was found. */
export type FoundField = Pick<Difference, "field" | "before" | "keys">;

/** What turns values into digests that nobody can guess values from: their key never leaves the host. */
export interface Sealer<Desired = unknown> {
  /** The value of a secret, which must not be part of what is returned. */
  value(use: SecretUse): string;
  digest(text: string): Digest;
  /** As it was declared before, where it was: what the host has may hold secrets of that. */
  readonly previous: Desired | undefined;
}

/** `{ state: "absent" }`, or what was found. */
export type ObservedOf<Fields> =
  | { readonly state: "absent" }
  | ({ readonly state: "present" } & Fields);

/** A user or group and its number. */
export interface Numbered {
  readonly of: "user" | "group";
  readonly name: string;
  readonly number: number;
}

/** A change as far as it is planned. */
export interface Planned<Observed> {
  readonly action: Action;
  readonly observed: ObservedOf<Observed>;
  readonly differences: readonly Difference[];
  readonly follow: Follow | null;
  /** It takes a run back: what was there before was in use already, and is not checked again. */
  readonly reverts: boolean;
}

/**
 * The pure half of a kind. Everything else that knows kinds (schemas, unions, builders, dispatch) is derived
 * from these definitions; the host half is the agent's driver of the same name.
 */
export interface KindDefinition<
  Name extends string = string,
  Key extends string = string,
  Desired extends z.ZodType = z.ZodType,
  Observed extends z.ZodType = z.ZodType,
  ContentField extends string = string,
  Handle extends object = object,
> {
  readonly kind: Name;
  /** The field of `desired` that names the thing: the builder's first argument, and the id behind `kind:`. */
  readonly key: Key;
  readonly desired: Desired;
  /** Fields of a present one. */
  readonly observed: Observed;
  /** Fields of `desired` that hold content by reference: in a declaration they take text, bytes or a local file. */
  readonly contentFields: readonly ContentField[];
  /** The field of `desired` that a service which reads this has to start again for: what is in a file, where a link leads. */
  readonly inputField?: string;
  /** Of a link: what is claimed at or below `from` lies at or below `to`, and whoever reads it reads the link as well. */
  leadsTo?(desired: z.output<Desired>): { readonly from: string; readonly to: string };
  /** What of that field a reader finds: a digest, or a value to make one of. Unless given, the field as it is. */
  inputOf?(desired: z.output<Desired>): unknown;
  /** What becomes of one that HostKit created and nobody declares any more, unless its declaration said otherwise. */
  readonly removal: "delete" | "keep";
  /** Why this one stays, though others of its kind would go, unless its declaration said otherwise. */
  whyStays?(desired: z.output<Desired>): string | undefined;
  /** For kinds that are run and not compared; such a one is always observed as present, differs in nothing and is in no ledger. */
  readonly triggered?: Triggered;
  /** What a handle offers besides its id. */
  handle(desired: z.output<Desired>): Handle;
  provides(desired: z.output<Desired>): readonly Claim[];
  needs(desired: z.output<Desired>): readonly Need[];
  /** What it reads besides what its claims lead to, by id. */
  inputs?(desired: z.output<Desired>): readonly ResourceId[];
  /**
   * What comes to be there when it is created, although it is not the one to say what that is like: a home. What lies there or
   * below comes after it.
   */
  brings?(desired: z.output<Desired>): readonly Claim[];
  /** The number that a name is to have, where it says so: a present one gets it before anything that belongs to the name. */
  numbers?(desired: z.output<Desired>): Numbered | undefined;
  contents(desired: z.output<Desired>): readonly ContentRef[];
  /**
   * The exact content that it will have, as far as it is known without the host; none where it has only fields. Formats of documents
   * are loaded by then. Pure.
   */
  rendered?(desired: z.output<Desired>): Rendering | undefined;
  /** The secrets it needs: they are looked up before anything is compared. */
  secrets?(desired: z.output<Desired>): readonly SecretUse[];
  /** Why values, as far as they are known, can't be where they are to be; none of it tells a value. Pure. */
  unfitSecrets?(
    desired: z.output<Desired>,
    value: (use: SecretUse) => string | undefined,
  ): readonly string[];
  /** Whether what is on the host must not be shown, nor kept for all who can read a disk. Pure. */
  isSecret?(desired: z.output<Desired>): boolean;
  /** The same, with keyed digests in the place of what must not be known. Pure. */
  sealed?(desired: z.output<Desired>, sealer: Sealer<z.output<Desired>>): z.output<Desired>;
  /** The same without what the host put beside it, but for digests of secrets: what can be declared otherwise. Pure. */
  declared?(desired: z.output<Desired>): unknown;
  /** Observed fields that are no matter of the file at its path: who touched that says nothing of them. */
  readonly beside?: readonly string[];
  /** What may be told of a present one; unless given, all that is observed. Pure. */
  found?(desired: z.output<Desired>, observed: z.output<Observed>): readonly FoundField[];
  /** What would change on a present one; empty when it is as desired. Pure. */
  diff(desired: z.output<Desired>, observed: z.output<Observed>): readonly Difference[];
  /** What an absent one will be, field by field, for the plan of its creation. Pure. */
  created(desired: z.output<Desired>): readonly Difference[];
  /** What goes away when a present one is removed, field by field; empty where nothing of it is left to remove. Pure. */
  removed(desired: z.output<Desired>, observed: z.output<Observed>): readonly Difference[];
  /**
   * What else happens because of `differences`; one of the field `inputs` tells that something it reads is another by now;
   * `absent` when the thing is created. Pure.
   */
  follow(
    desired: z.output<Desired>,
    observed: ObservedOf<z.output<Observed>>,
    differences: readonly Difference[],
  ): Follow | null;
  /**
   * How sure it is what a change comes to, where that is not for HostKit alone to say: a program may not start, a validator may
   * refuse. What others do to the host meanwhile, and a disk that fails, do not count. Exact unless given. Pure.
   */
  predict?(desired: z.output<Desired>, planned: Planned<z.output<Observed>>): Prediction;
  /**
   * How a change of it could keep the operator, who logs in as `login`, from coming in again: `"sshd's configuration"`. Such
   * a run is taken back unless it is confirmed over a new connection. Pure.
   */
  danger?(desired: z.output<Desired>, login: string): string | undefined;
}

/** Checks a definition and keeps its exact types. */
export function defineKind<
  const Name extends string,
  Key extends string,
  Desired extends z.ZodType,
  Observed extends z.ZodType,
  ContentField extends string,
  Handle extends object,
>(
  definition: KindDefinition<Name, Key, Desired, Observed, ContentField, Handle>,
): KindDefinition<Name, Key, Desired, Observed, ContentField, Handle> {
  return Object.freeze(definition);
}
