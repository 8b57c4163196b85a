import { existsSync, mkdtempSync, mkdirSync, rmSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { fetchSecrets, offerSecrets, socketOf } from "../../../agent/executor/hand-over.ts";

const root = mkdtempSync(join(tmpdir(), "hostkit-hand-over-"));
mkdirSync(join(root, "spool"));
afterAll(() => rmSync(root, { recursive: true }));

const SECRETS = [{ secret: { from: "env" as const, name: "A" }, value: "x".repeat(100_000) }];

it("gives what is offered to who comes first, and to nobody else", async () => {
  const path = socketOf(root, { attempt: "one" });
  await offerSecrets(path, SECRETS);
  expect(await fetchSecrets(path)).toEqual(SECRETS);
  expect(await fetchSecrets(path)).toEqual([]);
  expect(existsSync(path)).toBe(false);
});

it("gives nothing where nobody offers anything", async () => {
  expect(await fetchSecrets(socketOf(root, { attempt: "nobody" }))).toEqual([]);
});

it("who goes away in the middle harms nobody", async () => {
  const path = socketOf(root, { attempt: "gone" });
  await offerSecrets(path, SECRETS);
  const socket = connect(path);
  await new Promise<void>((resolve) => socket.once("connect", () => resolve()));
  socket.destroy();
  expect(await fetchSecrets(path)).toEqual([]);
});

it("a place where no socket can be is told with its cause", async () => {
  const path = `${root}/spool/${"x".repeat(200)}`;
  await expect(offerSecrets(path, SECRETS)).rejects.toThrow(/HK3032/);
});
