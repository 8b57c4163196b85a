import {
  Artifact,
  ARTIFACT_FORMAT,
  ARTIFACT_VERSION,
  artifactForDigest,
  unfoldPlan,
} from "./artifact.ts";
import type { Digest } from "./brands.ts";
import { canonical } from "./canonical.ts";
import { type Diagnostic, HostKitError } from "./diagnostic.ts";
import { type Manifest, manifestForDigest } from "./manifest.ts";
import type { Plan } from "./plan.ts";
import { isKind, kindOf } from "./resources/registry.ts";
import { referenceText } from "./secret.ts";

/** An artifact that is whole, unchanged, and agrees with itself. */
export interface WholeArtifact {
  readonly artifact: Artifact;
  readonly plan: Plan;
}

interface ReadArtifact {
  readonly sha256: (text: string) => Digest;
  /** Who reads: the same is checked by both sides. */
  readonly side: "cli" | "agent";
  /** For messages. */
  readonly name: string;
}

/** Checks what was read of a plan file. Nothing in it is relied on before its digest is found to be right. */
export function readArtifact(value: unknown, { sha256, side, name }: ReadArtifact): WholeArtifact {
  const refuse = (code: keyof typeof SUMMARIES, detail: string) =>
    new HostKitError({ severity: "error", side, code, summary: SUMMARIES[code], detail });
  if (!isObject(value) || value["format"] !== ARTIFACT_FORMAT) {
    throw refuse(
      "HK3040",
      `${name} does not begin with "format": "${ARTIFACT_FORMAT}", as every plan that \`hostkit plan --out\` writes. Nothing was contacted.`,
    );
  }
  if (value["version"] !== ARTIFACT_VERSION) {
    const by =
      typeof value["hostkit"] === "string" ? ` (it was made by HostKit ${value["hostkit"]})` : "";
    throw refuse(
      "HK3041",
      `${name} has version ${JSON.stringify(value["version"])}${by}, and this HostKit reads version ${ARTIFACT_VERSION}. Make the plan again, or apply it with the HostKit that made it.`,
    );
  }
  if (digestOf(value, sha256) !== value["digest"]) {
    throw refuse(
      "HK3042",
      `The digest in ${name} is not that of what it holds: somebody edited it, or it was damaged on its way. What was reviewed can't be told from it any more. Make the plan again.`,
    );
  }
  const strangers = unknownKinds(value);
  if (strangers.length > 0) {
    throw refuse(
      "HK3043",
      `${name} has resources of a kind that this HostKit does not know: ${strangers.join(", ")}. Use the HostKit that made it, or a newer one.`,
    );
  }
  const parsed = Artifact.safeParse(value);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw refuse(
      "HK3044",
      `${name}: ${issue?.path.join(".") ?? ""}: ${issue?.message ?? ""}. Its digest is right, so whatever wrote it was no HostKit that this one knows. Make the plan again.`,
    );
  }
  const artifact = parsed.data;
  const plan = unfoldPlan(artifact.plan, artifact.manifest);
  const why =
    plan === undefined
      ? "a change is of something that it does not hold"
      : contradiction({ artifact, plan }, sha256);
  if (plan === undefined || why !== undefined) {
    throw refuse(
      "HK3044",
      `${name}: ${why}. Its digest is right, so it was made that way. Make the plan again.`,
    );
  }
  return { artifact, plan };
}

const SUMMARIES = {
  HK3040: "The file is no plan.",
  HK3041: "The plan is of another version.",
  HK3042: "The plan was changed after it was made.",
  HK3043: "The plan has a kind that is not known.",
  HK3044: "The plan contradicts itself.",
} satisfies Record<string, string> & Partial<Record<Diagnostic["code"], string>>;

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** `undefined` for what is nested deeper than anything that HostKit writes. */
function digestOf(value: object, sha256: ReadArtifact["sha256"]): Digest | undefined {
  try {
    return sha256(artifactForDigest(value));
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

/** Everything that is said twice must be the same both times. */
function contradiction(
  { artifact, plan }: WholeArtifact,
  sha256: ReadArtifact["sha256"],
): string | undefined {
  const { digest, ...body } = plan;
  const { manifest } = artifact;
  if (sha256(canonical(body)) !== digest) return "the digest of the plan in it is wrong";
  if (sha256(manifestForDigest(manifest)) !== plan.manifestDigest) {
    return "its plan was made from another manifest";
  }
  if (manifest.project !== plan.project) return "its plan is of another project";
  if (canonical(manifest.selection ?? null) !== canonical(plan.selection ?? null)) {
    return "its plan is of another part of the declaration";
  }
  if (plan.reverts !== undefined) return "it takes a run back, which is never saved";
  return canonical(artifact.secrets) === canonical(secretNames(manifest))
    ? undefined
    : "its list of secrets is not that of its resources";
}

/** Where the values of a manifest's secrets come from, each once. */
export function secretNames({ resources }: Manifest): string[] {
  const names = resources.flatMap(({ kind, desired }) =>
    (kindOf(kind).secrets?.(desired) ?? []).map(({ secret }) => referenceText(secret)),
  );
  return [...new Set(names)];
}

function unknownKinds({ manifest, plan }: Readonly<Record<string, unknown>>): string[] {
  const lists = [
    isObject(manifest) ? manifest["resources"] : [],
    isObject(plan) && Array.isArray(plan["changes"])
      ? plan["changes"].map((change: unknown) =>
          isObject(change) ? change["resource"] : undefined,
        )
      : [],
  ];
  const kinds = lists
    .flatMap((list): unknown[] => (Array.isArray(list) ? list : []))
    .flatMap((resource) => (isObject(resource) ? [resource["kind"]] : []))
    .filter((kind): kind is string => typeof kind === "string" && !isKind(kind));
  return [...new Set(kinds)];
}
