import { createHash } from "node:crypto";
import { createArtifact } from "../../../client/artifact/create-artifact.ts";
import { sha256 } from "../../../client/sha256.ts";
import { type Artifact, artifactForDigest } from "../../../shared/artifact.ts";
import type { Digest } from "../../../shared/brands.ts";
import { canonical } from "../../../shared/canonical.ts";
import type { ContentRef } from "../../../shared/content.ts";
import { type Manifest, manifestForDigest } from "../../../shared/manifest.ts";
import type { Plan } from "../../../shared/plan.ts";
import { declare } from "../../support/declare.ts";

/** Plan files that nothing made but this. */

export const CONTENTS: readonly Uint8Array[] = [
  "hello\n",
  "\ufeffwith a mark\r\n",
  "",
  "long\n".repeat(20_000),
].map((text) => new TextEncoder().encode(text));
const BYTES = new Uint8Array([0, 1, 2, 255]);

const refOf = (bytes: Uint8Array): ContentRef => ({
  sha256: createHash("sha256").update(bytes).digest("hex") as Digest,
  size: bytes.length,
  text: bytes !== BYTES,
});
const ALL = [...CONTENTS, BYTES];

const manifest: Manifest = {
  version: 1,
  project: "web",
  host: "app",
  resources: [
    ...ALL.map((bytes, index) => declare.file(`/etc/${index}`, { content: refOf(bytes) })),
    declare.directory("/srv/app", {}),
  ],
};

function plan(): Plan {
  const gone = declare.file("/etc/gone", { text: "gone\n" });
  const body = {
    version: 1 as const,
    host: { machineId: "0123456789abcdef0123456789abcdef" },
    project: "web",
    manifestDigest: sha256(manifestForDigest(manifest)),
    protocol: 1,
    changes: [gone, ...manifest.resources].map((resource) => ({
      id: resource.id,
      action: resource === gone ? ("delete" as const) : ("create" as const),
      reason: resource === gone ? ("not-declared" as const) : ("missing" as const),
      differences: [],
      follow: null,
      prediction: { class: "exact" as const },
      fingerprint: sha256(resource.id),
      resource,
    })),
    edges: [],
    unchanged: 0,
    contents: ALL.map(refOf),
  };
  return { ...body, digest: sha256(canonical(body)) };
}

export const PLAN = plan();

export function sampleArtifact(): Promise<Artifact> {
  return createArtifact({
    plan: PLAN,
    manifest,
    diagnostics: [],
    hostkit: "1.2.3",
    reach: {
      kind: "ssh",
      host: "app.example.com",
      port: 22,
      user: "root",
      sudo: false,
      hostKey: `SHA256:${"A".repeat(43)}`,
    },
    contents: {
      async *open(digest) {
        yield ALL.find((bytes) => refOf(bytes).sha256 === digest) ?? new Uint8Array();
      },
    },
  });
}

/** As if a HostKit had written it so. */
export function withDigest<Fields extends object>(fields: Fields): Fields {
  return { ...fields, digest: sha256(artifactForDigest(fields)) };
}
