import type { ResourceId } from "../../shared/brands.ts";
import type { Intent } from "../../shared/intents.ts";
import type { Kind, OnRemove } from "../../shared/resources/registry.ts";
import type { Frame } from "./call-site.ts";
import type { Fault } from "./fault.ts";
import type { HostDeclaration } from "./host.ts";
import type { DocumentSource } from "./document.ts";
import type { LocalFile } from "./local-file.ts";
import type { NamedTemplate, TextTemplate } from "./text-template.ts";

/** Content as a declaration gives it: text, bytes, a file beside the declaration, a text with secrets, or a document. */
export type ContentSource =
  | string
  | Uint8Array
  | LocalFile
  | TextTemplate
  | NamedTemplate
  | DocumentSource;

/** A resource before it is compiled for a host. */
export interface DeclaredResource {
  readonly id: ResourceId;
  readonly kind: Kind;
  /** As parsed by the kind's schema, with `contents` in place of content fields. */
  readonly desired: Readonly<Record<string, unknown>>;
  readonly contents: Readonly<Record<string, ContentSource>>;
  readonly dependsOn: readonly ResourceId[];
  readonly protect?: true;
  readonly onRemove?: OnRemove;
  /** Names of the hosts it is for; `null`: every host. */
  readonly hosts: readonly string[] | null;
  /** Everything of the bootstrap phase, and all it relies on, comes before anything else. */
  readonly phase: "bootstrap" | "main";
  /** The service that it was declared in, by name. */
  readonly service?: string | undefined;
  readonly frame: Frame | undefined;
}

/** What is noted beside the resources. */
export interface DeclaredIntent {
  readonly intent: Intent;
  /** Names of the hosts it is for; `null`: every host. */
  readonly hosts: readonly string[] | null;
}

/** What a declaration exports: plain, frozen data. */
export interface Project {
  readonly type: "hostkit.project";
  readonly name: string;
  readonly hosts: readonly HostDeclaration[];
  /** In the order in which they were declared. */
  readonly resources: readonly DeclaredResource[];
  readonly intents: readonly DeclaredIntent[];
  readonly faults: readonly Fault[];
}

export function isProject(value: unknown): value is Project {
  return (
    typeof value === "object" &&
    value !== null &&
    "type" in value &&
    value.type === "hostkit.project" &&
    Object.isFrozen(value)
  );
}
