import { randomBytes } from "node:crypto";
import {
  type Artifact,
  ARTIFACT_FORMAT,
  ARTIFACT_VERSION,
  artifactForDigest,
  foldPlan,
  type Reach,
} from "../../shared/artifact.ts";
import type { Diagnostic } from "../../shared/diagnostic.ts";
import type { Manifest } from "../../shared/manifest.ts";
import type { Plan } from "../../shared/plan.ts";
import { secretNames } from "../../shared/read-artifact.ts";
import type { Contents } from "../session.ts";
import { saveContents } from "./saved-contents.ts";
import { sha256 } from "../sha256.ts";

export interface ToSave {
  readonly plan: Plan;
  readonly manifest: Manifest;
  readonly contents: Contents;
  readonly diagnostics: readonly Diagnostic[];
  readonly reach: Reach;
  /** The version of HostKit. */
  readonly hostkit: string;
}

/** A plan as a file will hold it, not signed yet. Throws HK5083 where its contents are too large for one. */
export async function createArtifact(toSave: ToSave): Promise<Artifact> {
  const { plan, manifest, contents, diagnostics, reach, hostkit } = toSave;
  const body: Omit<Artifact, "digest" | "signatures" | "contents"> = {
    format: ARTIFACT_FORMAT,
    version: ARTIFACT_VERSION,
    hostkit,
    id: randomBytes(16).toString("hex"),
    created: new Date().toISOString(),
    reach,
    secrets: secretNames(manifest),
    diagnostics: [...diagnostics],
    manifest,
    plan: foldPlan(plan, manifest),
  };
  return {
    ...body,
    digest: sha256(artifactForDigest(body)),
    signatures: [],
    contents: await saveContents(plan.contents, contents),
  };
}
