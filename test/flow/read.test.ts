import { expect, it } from "vitest";
import type { Resource } from "../../shared/resources/registry.ts";
import type { OperatorSecret, SecretReference } from "../../shared/secret.ts";
import { declare } from "../support/declare.ts";
import { MemoryHost } from "../support/memory-host/memory-host.ts";
import { join, manifestOf } from "./joined.ts";

/** What a host has of what is declared, and nothing that is not to be told. */

const TOKEN: SecretReference & { from: "env" } = { from: "env", name: "TOKEN" };
const secrets: OperatorSecret[] = [{ secret: TOKEN, value: "declared-canary" }];

async function read(host: MemoryHost, ...resources: Resource[]) {
  const before = host.digest();
  const { session } = await join(host);
  const answer = await session.read(manifestOf(...resources), secrets);
  expect(host.digest()).toBe(before);
  expect(host.hasKey()).toBe(false);
  return { ...answer, told: JSON.stringify(answer) };
}

it("tells what is there with its fields, what is absent, and what is in the way", async () => {
  const host = new MemoryHost();
  host.put("/etc/motd", "hello\n", { uid: 0, gid: 0, mode: 0o600 });
  host.tree.ensureDirectory("/etc/other");
  const { found } = await read(
    host,
    declare.file("/etc/motd", { text: "declared\n" }),
    declare.file("/etc/gone", { text: "declared\n" }),
    declare.file("/etc/other", { text: "declared\n" }),
    declare.group("web"),
    declare.directory("/etc/app"),
    declare.unit("cron.service", { active: true }),
    declare.readiness("up", { of: ["cron.service"], unit: "cron.service" }),
  );
  expect(found.map(({ id, state }) => `${id} ${state}`)).toEqual([
    "file:/etc/motd present",
    "file:/etc/gone absent",
    "file:/etc/other problem",
    "group:web absent",
    "directory:/etc/app absent",
    "unit:cron.service present",
  ]);
  const [motd, , other] = found;
  expect(motd).toMatchObject({
    fields: [
      { field: "content", value: { size: 6, text: true } },
      { field: "owner", value: "root" },
      { field: "group", value: "root" },
      { field: "mode", value: "0600" },
      { field: "uid", value: 0 },
      { field: "gid", value: 0 },
    ],
  });
  expect(other).toMatchObject({ problem: { resource: "file:/etc/other" } });
});

it("tells the texts of units by size and digest", async () => {
  const host = new MemoryHost();
  host.put("/etc/systemd/system/api.service", "[Service]\nExecStart=/bin/secret-text\n");
  const { found, told } = await read(
    host,
    declare.unit("api.service", { service: { ExecStart: "/bin/api" } }),
  );
  expect(found[0]).toMatchObject({
    fields: [{ field: "content", value: { size: 37 } }, {}, {}, {}],
  });
  expect(told).not.toContain("secret-text");
});

it("tells nothing of what may be secret", async () => {
  const host = new MemoryHost();
  host.put("/etc/api.conf", "password=found-canary\n");
  host.put("/etc/app.json", '{"name": "web", "token": "found-canary", "mine": "found-canary"}\n');
  const { found, told } = await read(
    host,
    declare.file("/etc/api.conf", { content: { template: ["password=", { secret: TOKEN }] } }),
    declare.file("/etc/app.json", {
      content: {
        format: "json",
        data: { name: "web", token: "" },
        secrets: [{ at: ["token"], secret: TOKEN }],
        redacted: [],
      },
    }),
  );
  expect(found[0]).toMatchObject({
    fields: [{ field: "content", value: "(not shown)" }, {}, {}, {}, {}, {}],
  });
  expect(found[1]).toMatchObject({ state: "present" });
  expect((found[1] as { fields: { keys: object[] }[] }).fields[0]?.keys).toEqual([
    { key: "name", before: "web" },
    { key: "token", before: "(not shown)", masked: true },
    { key: "mine", before: "(not shown)", masked: true },
  ]);
  expect(told).not.toContain("canary");
  // Not even as a digest that could be guessed from.
  const { createHash } = await import("node:crypto");
  const digest = createHash("sha256").update("password=found-canary\n").digest("hex");
  expect(told).not.toContain(digest);
});
