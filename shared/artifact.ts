import * as z from "zod";
import { Digest } from "./brands.ts";
import { canonical } from "./canonical.ts";
import { Manifest } from "./manifest.ts";
import { Change, Plan } from "./plan.ts";
import { WireDiagnostics } from "./protocol/wire-diagnostic.ts";
import { Resource } from "./resources/registry.ts";

/** A plan saved as a file, with all that it takes to apply it: what was declared, and the bytes that the host will need. */

/** What the first field of every plan file says. */
export const ARTIFACT_FORMAT = "hostkit-plan";
/** Raised when an older HostKit could not understand a newer file. */
export const ARTIFACT_VERSION = 1;

/** As a plan's change. What is declared stands once, in the manifest: a resource is here only where it is another. */
const SavedChange = Change.omit({ resource: true }).extend({ resource: Resource.optional() });
const SavedPlan = Plan.omit({ changes: true }).extend({ changes: z.array(SavedChange) });
export type SavedPlan = z.output<typeof SavedPlan>;

/** Where the host was reached when it was planned; a target on the command line comes before it. */
const Reach = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("ssh"),
    host: z.string(),
    port: z.int().min(1).max(65_535),
    user: z.string(),
    /** Whether the agent is run with sudo(8). */
    sudo: z.boolean(),
    /** `SHA256:…` of the host key that was verified. */
    hostKey: z.string(),
  }),
  z.strictObject({ kind: z.literal("local") }),
]);
export type Reach = z.output<typeof Reach>;

/** The bytes of a content, by their own digest. */
const SavedContent = z.union([
  z.strictObject({ sha256: Digest, text: z.string() }),
  z.strictObject({ sha256: Digest, base64: z.base64() }),
]);
export type SavedContent = z.output<typeof SavedContent>;

export const Artifact = z.strictObject({
  format: z.literal(ARTIFACT_FORMAT),
  version: z.literal(ARTIFACT_VERSION),
  /** SHA-256 of the canonical form of all other fields but `signatures` and `contents`, whose digests are in the plan. */
  digest: Digest,
  /** Signatures of the digest and a line feed, as `ssh-keygen -Y sign -n hostkit-plan` makes them. */
  signatures: z.array(z.string()),
  /** The version that made it. */
  hostkit: z.string(),
  /** Random: the same plan saved twice is two artifacts, and each can be applied once. */
  id: z.string().regex(/^[0-9a-f]{32}$/),
  /** ISO 8601, by the clock of whoever made it. */
  created: z.iso.datetime(),
  reach: Reach,
  /** Where the values of secrets come from, such as `env:DATABASE_URL`; none of them is in here. */
  secrets: z.array(z.string()),
  /** What was told with the plan. */
  diagnostics: WireDiagnostics,
  /** What was declared for the host, with the references of its secrets. */
  manifest: Manifest,
  plan: SavedPlan,
  /** Each once; a host needs all that the plan lists. */
  contents: z.array(SavedContent),
});
export type Artifact = z.output<typeof Artifact>;

/** The form that the digest is taken of. */
export function artifactForDigest(artifact: object): string {
  const {
    digest: _digest,
    signatures: _signatures,
    contents: _contents,
    ...rest
  } = artifact as Partial<Artifact>;
  return canonical(rest);
}

/** The plan with what is declared left out of its changes, which the manifest has. */
export function foldPlan(plan: Plan, { resources }: Manifest): SavedPlan {
  const declared = new Map(resources.map((resource) => [resource.id, canonical(resource)]));
  const changes = plan.changes.map(({ resource, ...change }) =>
    declared.get(change.id) === canonical(resource) ? change : { ...change, resource },
  );
  return { ...plan, changes };
}

/** The reverse; `undefined` where a change is of something that is nowhere, or is another thing than it says. */
export function unfoldPlan({ changes, ...plan }: SavedPlan, manifest: Manifest): Plan | undefined {
  const declared = new Map(manifest.resources.map((resource) => [resource.id, resource]));
  const whole = changes.flatMap(({ resource: own, ...change }): Change[] => {
    const resource = own ?? declared.get(change.id);
    return resource?.id === change.id ? [{ ...change, resource }] : [];
  });
  return whole.length === changes.length ? { ...plan, changes: whole } : undefined;
}
