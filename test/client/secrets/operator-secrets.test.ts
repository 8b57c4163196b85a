import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { OperatorSecrets } from "../../../client/secrets/operator-secrets.ts";
import { HostKitError } from "../../../shared/diagnostic.ts";
import type { Manifest } from "../../../shared/manifest.ts";
import type { OperatorReference } from "../../../shared/secret.ts";
import { declare } from "../../support/declare.ts";

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), "hostkit-secrets-"));
  writeFileSync(join(directory, "key"), "file-canary\n\n");
  writeFileSync(join(directory, "empty"), "\n");
  writeFileSync(join(directory, "binary"), Uint8Array.of(0xff, 0xfe));
  writeFileSync(join(directory, "large"), "x".repeat(70_000));
  writeFileSync(
    join(directory, "tell"),
    `#!/bin/sh\necho asked >>"${directory}/asked"\ncase $1 in fail) echo canary; echo canary >&2; exit 3 ;; esac\nprintf '%s of %s\\n' "$1" "$NAME"\n`,
  );
  chmodSync(join(directory, "tell"), 0o755);
});
afterAll(() => rmSync(directory, { recursive: true }));

const env = (name: string): OperatorReference => ({ from: "env", name });
const file = (path: string): OperatorReference => ({ from: "file", path });
const command = (...argv: string[]): OperatorReference => ({ from: "command", argv });

const secrets = () =>
  new OperatorSecrets({ TOKEN: "env-canary", EMPTY: "", NAME: "here", PATH: process.env["PATH"] });

const manifestOf = (...references: OperatorReference[]): Manifest => ({
  version: 1,
  project: "test",
  host: "app",
  resources: references.map((secret, index) =>
    declare.file(
      `/f${index}`,
      { content: { template: [{ secret }] } },
      { source: { file: "c.ts", line: index + 1, column: 1 } },
    ),
  ),
});

async function faultsOf(work: Promise<unknown>) {
  const error = await work.catch((thrown: unknown) => thrown);
  if (!(error instanceof HostKitError)) throw new Error("nothing was refused", { cause: error });
  return error.diagnostics;
}

it("are looked up in the environment, in files and by commands, without line breaks at the end", async () => {
  const manifest = manifestOf(env("TOKEN"), file("key"), command("./tell", "word"));
  expect(await secrets().neededBy(manifest, directory)).toEqual([
    { secret: env("TOKEN"), value: "env-canary" },
    { secret: file("key"), value: "file-canary" },
    { secret: command("./tell", "word"), value: "word of here" },
  ]);
});

it("are looked up once, however many hosts and files need them", async () => {
  const all = secrets();
  const manifest = manifestOf(command("./tell", "once"), command("./tell", "once"));
  rmSync(join(directory, "asked"), { force: true });
  const [one, two] = await Promise.all([
    all.neededBy(manifest, directory),
    all.neededBy(manifest, directory),
  ]);
  expect(one).toHaveLength(1);
  expect(two).toEqual(one);
  expect(readFileSync(join(directory, "asked"), "utf8")).toBe("asked\n");
});

it("that can't be had are all told, with who needs them and where, and never with anything of a value", async () => {
  const manifest = manifestOf(
    env("MISSING"),
    env("EMPTY"),
    file("gone"),
    file("empty"),
    file("binary"),
    file("large"),
    file("."),
    command("./tell", "fail"),
    command("./no-such-program"),
  );
  const faults = await faultsOf(secrets().neededBy(manifest, directory));
  expect(faults.map(({ code, source }) => [code, source?.line])).toEqual([
    ["HK1045", 1],
    ["HK1048", 2],
    ["HK1046", 3],
    ["HK1048", 4],
    ["HK1046", 5],
    ["HK1046", 6],
    ["HK1046", 7],
    ["HK1047", 8],
    ["HK1047", 9],
  ]);
  expect(faults[0]!.detail).toContain("MISSING");
  expect(faults[0]!.detail).toContain("file:/f0");
  expect(faults[7]!.detail).toContain("status 3");
  expect(JSON.stringify(faults)).not.toContain("canary");
});

it("as many as can be had are given where not all are needed", async () => {
  const manifest = manifestOf(env("MISSING"), env("TOKEN"));
  expect(await secrets().known(manifest, directory)).toEqual([
    { secret: env("TOKEN"), value: "env-canary" },
  ]);
});

describe("what the host looks up", () => {
  it("is not looked up here", async () => {
    const content = {
      template: [{ secret: { from: "hostFile" as const, path: "/run/key" } }],
    } as never;
    const manifest = { ...manifestOf(), resources: [declare.file("/a", { content })] };
    expect(await secrets().neededBy(manifest, directory)).toEqual([]);
  });
});
