import * as z from "zod";
import { Artifact } from "../../shared/artifact.ts";
import { ContentRef } from "../../shared/content.ts";
import { Difference } from "../../shared/change.ts";
import { Manifest } from "../../shared/manifest.ts";
import { Digest } from "../../shared/brands.ts";
import { Change, Edge } from "../../shared/plan.ts";
import { Resource, SourceLocation } from "../../shared/resources/registry.ts";
import { Selection } from "../../shared/selection.ts";
import { AnyEvent } from "../view/events.ts";

/** What other programs read, as JSON Schema (draft 2020-12): made of the schemas that HostKit itself checks with. */

/** What is called by name in them, and said of it. */
const NAMED: readonly (readonly [
  z.ZodType,
  { readonly id: string; readonly description: string },
])[] = [
  [
    Manifest,
    {
      id: "Manifest",
      description: "What was declared for one host, in the order of the declaration.",
    },
  ],
  [
    Resource,
    {
      id: "Resource",
      description: "One thing on the host as it should be; `id` is the thing itself.",
    },
  ],
  [
    Selection,
    {
      id: "Selection",
      description: "Which part of the declaration it is; absent where it is all of it.",
    },
  ],
  [SourceLocation, { id: "SourceLocation", description: "Where it was declared." }],
  [Edge, { id: "Edge", description: "`to` happens after `from`." }],
  [ContentRef, { id: "ContentRef", description: "Bytes by their SHA-256; `size` in bytes." }],
  [
    Difference,
    {
      id: "Difference",
      description: "One field before and after; null where there was or will be nothing.",
    },
  ],
  [
    Artifact,
    {
      id: "Artifact",
      description:
        "A plan file. `digest` is the SHA-256 of its canonical form (keys sorted, no white space) without `digest`, `signatures` and `contents`.",
    },
  ],
  [Digest, { id: "Digest", description: "A SHA-256 in lower-case hex." }],
  [
    Artifact.shape.plan,
    {
      id: "Plan",
      description:
        "All changes, in the order in which they will be made. What is as declared is only counted.",
    },
  ],
  [
    Artifact.shape.plan.shape.changes.element,
    {
      id: "Change",
      description:
        "What will be done to one resource, and why. Its resource is the manifest's with the same id, unless given here.",
    },
  ],
];

/** Fields whose names don't say enough. */
const FIELDS: readonly (readonly [z.ZodType, string])[] = [
  [
    Artifact.shape.signatures,
    "OpenSSH signatures (PROTOCOL.sshsig) of the digest and a line feed, in the namespace hostkit-plan.",
  ],
  [Artifact.shape.hostkit, "The version of HostKit that made it."],
  [
    Artifact.shape.id,
    "Random: the same plan saved twice is two artifacts, and each takes effect once.",
  ],
  [Artifact.shape.created, "When it was made, by the clock of whoever made it."],
  [
    Artifact.shape.reach,
    "Where the host was reached when it was planned, and is unless a target is named.",
  ],
  [Artifact.shape.secrets, "Where the values of secrets come from. No value is in here."],
  [Artifact.shape.diagnostics, "What was told with the plan."],
  [
    Artifact.shape.contents,
    "The bytes that the host needs, by their digest: texts of up to 64 KiB as they are, everything else in base64.",
  ],
  [
    Change.shape.prediction,
    "How sure the result is: exact, bounded (one of some outcomes) or unknown (and why).",
  ],
];

const SCHEMAS = { plan: Artifact, manifest: Manifest, events: AnyEvent } as const;
type SchemaName = keyof typeof SCHEMAS;
export const SCHEMA_NAMES = Object.keys(SCHEMAS) as readonly SchemaName[];

export const isSchemaName = (name: string): name is SchemaName => Object.hasOwn(SCHEMAS, name);

export function schemaOf(name: SchemaName): object {
  const metadata = z.registry<{ id?: string; title?: string; description?: string }>();
  for (const [schema, about] of NAMED) metadata.add(schema, about);
  for (const [schema, description] of FIELDS) metadata.add(schema, { description });
  const title = `HostKit ${name}`;
  const made = z.toJSONSchema(SCHEMAS[name], {
    io: "input",
    unrepresentable: "any",
    reused: "inline",
    metadata,
  });
  return { title, ...made };
}
