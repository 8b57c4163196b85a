import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as z from "zod";
import { afterAll, describe, expect, it } from "vitest";
import { artifactText } from "../../../client/artifact/artifact-text.ts";
import { readArtifactFile } from "../../../client/artifact/read-artifact-file.ts";
import { savedContents, saveContents } from "../../../client/artifact/saved-contents.ts";
import { sha256 } from "../../../client/sha256.ts";
import { checkPlace, writeArtifactFile } from "../../../client/artifact/write-artifact-file.ts";
import { schemaOf } from "../../../client/schema/schemas.ts";
import { HostKitError } from "../../../shared/diagnostic.ts";
import { CONTENTS, PLAN, sampleArtifact, withDigest } from "./samples.ts";

const directory = mkdtempSync(join(tmpdir(), "hostkit-artifact-"));
afterAll(() => rmSync(directory, { recursive: true }));
const path = join(directory, "plan.json");
const put = (text: string | Uint8Array) => writeFileSync(path, text);
const putJson = (value: unknown) => put(JSON.stringify(value));

async function refusal(work: () => Promise<unknown> = () => readArtifactFile(path)) {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof HostKitError)) throw error;
    return `${error.diagnostics[0]?.code} ${error.diagnostics[0]?.detail}`;
  }
  throw new Error("it was not refused");
}

describe("a plan file", () => {
  it("holds the plan and every byte of its contents, in lines that can be compared", async () => {
    const artifact = await sampleArtifact();
    await writeArtifactFile(path, artifact);
    const read = await readArtifactFile(path);
    expect(read.artifact).toEqual(artifact);
    expect(read.plan).toEqual(PLAN);
    for (const bytes of CONTENTS) {
      const found: Uint8Array[] = [];
      for await (const piece of savedContents(read.artifact.contents).open(sha256(bytes)))
        found.push(piece);
      expect(Buffer.concat(found).equals(bytes)).toBe(true);
    }
    expect(statSync(path).mode & 0o777).toBe(0o600);
    const lines = readFileSync(path, "utf8").split("\n");
    expect(lines.filter((line) => line.includes('"id":"file:/etc/0"'))).toHaveLength(2);
    expect(readdirSync(directory)).toEqual(["plan.json"]);
  });

  it("has small texts as they are, and everything else in base64", async () => {
    const { contents } = await sampleArtifact();
    expect(contents.map((content) => ("text" in content ? "text" : "base64"))).toEqual([
      "text",
      "text",
      "text",
      "base64",
      "base64",
    ]);
  });

  it("says what is declared once", async () => {
    const { plan } = await sampleArtifact();
    expect(
      plan.changes.filter(({ resource }) => resource !== undefined).map(({ id }) => id),
    ).toEqual(["file:/etc/gone"]);
  });

  it("is refused where it would hold more than fits, before any of it is read", async () => {
    const ref = { sha256: sha256("large"), size: 100 * 1024 * 1024, text: false };
    const open = () => {
      throw new Error("it was read");
    };
    const other = { ...ref, sha256: sha256("larger"), size: 200 * 1024 * 1024 };
    expect(await refusal(() => saveContents([ref, other], { open }))).toMatch(
      /^HK5083 .*needs 300 MiB .*the largest is 200 MiB.* holds 128 MiB/,
    );
  });

  it("is two files when the same plan is saved twice", async () => {
    expect((await sampleArtifact()).digest).not.toBe((await sampleArtifact()).digest);
  });

  it("is what its schema says", async () => {
    const schema = z.fromJSONSchema(schemaOf("plan") as Parameters<typeof z.fromJSONSchema>[0]);
    const artifact = await sampleArtifact();
    expect(schema.safeParse(JSON.parse(artifactText(artifact)))).toMatchObject({ success: true });
    expect(schema.safeParse({ ...artifact, digest: "x" }).success).toBe(false);
    expect(schema.safeParse({ ...artifact, more: 1 }).success).toBe(false);
  });
});

describe("a file that can't be used is refused:", () => {
  it.each<readonly [string, string | Uint8Array, RegExp]>([
    ["one that is empty", "", /^HK5080 .* it is empty/],
    ["a picture", new Uint8Array([0x89, 0x50, 0xff, 0xfe]), /^HK5080 .* not UTF-8/],
    ["a declaration", "export default 1;\n", /^HK5080 .* does not begin with \{/],
    ["another JSON", '{"format":"other"}', /^HK3040 /],
    ["a list", "[]", /^HK5080|^HK3040/],
    ["a number", "1", /^HK5080|^HK3040/],
  ])("%s", async (_what, text, says) => {
    put(text);
    expect(await refusal()).toMatch(says);
  });

  it("one that is cut off anywhere", async () => {
    const text = artifactText(await sampleArtifact());
    for (let end = 1; end < text.length - 1; end += 997) {
      put(text.slice(0, end));
      expect(await refusal()).toMatch(/^HK5080 .* not whole JSON/);
    }
  });

  it("one of an older or newer version, by name", async () => {
    const artifact = await sampleArtifact();
    for (const version of [0, 2, "1", null]) {
      putJson(withDigest({ ...artifact, version }));
      expect(await refusal()).toMatch(/^HK3041 .* made by HostKit 1\.2\.3/);
    }
  });

  it("one with anything changed by hand", async () => {
    const artifact = await sampleArtifact();
    const edits: readonly object[] = [
      { hostkit: "9.9.9" },
      { reach: { ...artifact.reach, host: "evil.example.com" } },
      { secrets: ["env:HOME"] },
      { manifest: { ...artifact.manifest, host: "db" } },
      { plan: { ...artifact.plan, changes: artifact.plan.changes.slice(1) } },
      { plan: { ...artifact.plan, unchanged: 7 } },
      { more: true },
    ];
    for (const edit of edits) {
      putJson({ ...artifact, ...edit });
      expect(await refusal()).toMatch(/^HK3042 /);
    }
  });

  it("one that was changed together with its digest, where it contradicts itself", async () => {
    const artifact = await sampleArtifact();
    const { plan, manifest } = artifact;
    const [first, ...others] = manifest.resources;
    const edits: readonly object[] = [
      { secrets: ["env:HOME"] },
      { plan: { ...plan, changes: plan.changes.slice(1) } },
      { manifest: { ...manifest, resources: others } },
      {
        manifest: {
          ...manifest,
          resources: [{ ...first!, dependsOn: ["directory:/srv/app"] }, ...others],
        },
      },
      {
        plan: { ...plan, changes: plan.changes.map((change) => ({ ...change, resource: first })) },
      },
      { plan: { ...plan, changes: [{ ...plan.changes[0]!, action: "explode" }] } },
      { created: "yesterday" },
      { more: true },
    ];
    for (const edit of edits) {
      putJson(withDigest({ ...artifact, ...edit }));
      expect(await refusal()).toMatch(/^HK3044 /);
    }
  });

  it("one with a kind that nobody knows, by its name", async () => {
    const artifact = await sampleArtifact();
    const { manifest } = artifact;
    const resources = [
      ...manifest.resources,
      { id: "teapot:x", kind: "teapot", desired: {}, dependsOn: [] },
    ];
    putJson(withDigest({ ...artifact, manifest: { ...manifest, resources } }));
    expect(await refusal()).toMatch(/^HK3043 .*: teapot\./);
  });

  it("one without a content that is needed, or with another one in its place", async () => {
    const artifact = await sampleArtifact();
    putJson({ ...artifact, contents: artifact.contents.slice(1) });
    expect(await refusal()).toMatch(/^HK5084 .* does not/);
    const [first, ...others] = artifact.contents;
    putJson({ ...artifact, contents: [{ ...first, text: "another" }, ...others] });
    expect(await refusal()).toMatch(/^HK5084 .* others than its digest says/);
  });

  it("one that is nested without end", async () => {
    const text = artifactText(await sampleArtifact());
    const deep = `${"[".repeat(200_000)}${"]".repeat(200_000)}`;
    put(text.replace('"secrets": []', `"secrets": ${deep}`));
    expect(await refusal()).toMatch(/^HK3042 |^HK5080 /);
  });

  it("nothing at all, a directory, or one that is too large", async () => {
    put("");
    truncateSync(path, 300 * 1024 * 1024);
    expect(await refusal()).toMatch(/^HK5080 .* larger than 256 MiB/);
    expect(await refusal(() => readArtifactFile(join(directory, "none")))).toMatch(
      /^HK5080 .* no such file/,
    );
    expect(await refusal(() => readArtifactFile(directory))).toMatch(
      /^HK5080 .* not a regular file/,
    );
    expect(await refusal(() => readArtifactFile("/dev/zero"))).toMatch(
      /^HK5080 .* not a regular file/,
    );
  });
});

describe("a place that a plan can't be written to", () => {
  it.each(["export default 1;\n", '{"format":"hostkit-manifest"}'])(
    "has something else: %j",
    async (text) => {
      const taken = join(directory, "hostkit.config.ts");
      writeFileSync(taken, text);
      expect(await refusal(() => checkPlace(taken))).toMatch(/^HK5081 .* would be lost/);
      expect(await refusal(async () => writeArtifactFile(taken, await sampleArtifact()))).toMatch(
        /^HK5081 /,
      );
      expect(readFileSync(taken, "utf8")).toBe(text);
      rmSync(taken);
    },
  );

  it("is a directory, a link, or in one that is not there", async () => {
    mkdirSync(join(directory, "sub"), { recursive: true });
    symlinkSync("/etc/passwd", join(directory, "link"));
    for (const name of ["sub", "link", "none/plan.json"]) {
      const place = join(directory, name);
      expect(await refusal(async () => writeArtifactFile(place, await sampleArtifact()))).toMatch(
        /^HK5081 /,
      );
    }
  });

  it("is taken where an older plan or an empty file is", async () => {
    rmSync(path);
    await writeArtifactFile(path, await sampleArtifact());
    // Somebody looked at it with another program.
    put(JSON.stringify(await sampleArtifact(), null, 4));
    chmodSync(path, 0o644);
    await writeArtifactFile(path, await sampleArtifact());
    const empty = join(directory, "empty.json");
    writeFileSync(empty, "");
    await writeArtifactFile(empty, await sampleArtifact());
    expect((await readArtifactFile(empty)).plan).toEqual(PLAN);
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });
});
