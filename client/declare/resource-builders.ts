import type * as kinds from "../../shared/resources/index.ts";
import {
  type ContentField,
  type DesiredInput,
  type KeyField,
  type Kind,
  KINDS,
} from "../../shared/resources/registry.ts";
import type { OnRemove } from "../../shared/resources/registry.ts";
import type { ContentSource } from "./declared.ts";
import { type DocumentBuilders, documentBuilders } from "./document-builders.ts";
import type { Handle, Reference } from "./handle.ts";
import type { Recorder, Scope } from "./recorder.ts";

/** What every resource builder takes besides the options of its kind. */
export interface CommonOptions {
  /** What has to be done before this: handles or ids, where it does not follow from the options. `dependsOn: [group]` */
  readonly dependsOn?: readonly Reference[] | undefined;
  /**
   * Never removed, also when it is no longer declared: the host remembers it, and refuses a plan without it. `protect: true`
   */
  readonly protect?: boolean | undefined;
  /**
   * What becomes of it when it is no longer declared. Unset: what HostKit made is removed, what was there before is kept, and so
   * are accounts and groups. `onRemove: "keep"`
   */
  readonly onRemove?: OnRemove | undefined;
}

/** The options of a kind's builder: its schema's, without the key, and with content as text, bytes or a local file. */
// Flattened here and not by a type of its own, so that editors call it `Options<"file">`.
export type Options<K extends Kind> = {
  [Option in keyof AllOptions<K>]: AllOptions<K>[Option];
};

type AllOptions<K extends Kind> = Omit<DesiredInput<K>, KeyField<K> | ContentField<K>> &
  WithContents<K> &
  CommonOptions;

type WithContents<K extends Kind> = {
  [Field in keyof DesiredInput<K> as Field extends ContentField<K> ? Field : never]:
    | ContentSource
    | Extract<DesiredInput<K>[Field], undefined>;
};

/** `(path, options)`; the options may be left out where none is required. */
export type ResourceBuilder<K extends Kind> =
  Partial<Options<K>> extends Options<K>
    ? (key: string, options?: Options<K>) => Handle<K>
    : (key: string, options: Options<K>) => Handle<K>;

/** One builder for each kind of the registry, under the kind's name. */
// Written over the registry itself, not over `Kind`, so that editors show each kind's documentation.
type KindBuilders = { readonly [K in keyof typeof kinds]: ResourceBuilder<K> };

/** One builder for each kind, and those that are made of them. */
export type ResourceBuilders = KindBuilders & DocumentBuilders;

export function resourceBuilders(recorder: Recorder, scope: Scope): ResourceBuilders {
  const builders = KINDS.map((kind) => [
    kind,
    (key: string, options?: unknown) => recorder.resource({ kind, key, options }, scope),
  ]);
  // A list made from an object is not a tuple, so each builder's own type is lost: the one cast.
  const own = Object.fromEntries(builders) as KindBuilders;
  return { ...own, ...documentBuilders(own.file) };
}
