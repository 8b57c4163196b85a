import { expect, test } from "vitest";
import { FACT_SECTIONS } from "../../../client/cli/flags.ts";
import { problem } from "./fake-services.ts";
import { hostkit, settle, start } from "./hostkit.ts";

test("a host by its address needs no declaration", async () => {
  const { code, world, log, services } = await hostkit("facts --ssh root@192.0.2.7", {
    load: problem("config", "HK1000"),
  });
  expect(code).toBe(0);
  expect(log).toEqual(["connect root@192.0.2.7", "close root@192.0.2.7"]);
  expect(services.factsAsked).toEqual([FACT_SECTIONS]);
  expect(world.stdout()).toContain("cpu\n  model  EPYC\n");
});

test("only what was asked for", async () => {
  const { services } = await hostkit("facts --local --only os,memory --only cpu");
  expect(services.factsAsked).toEqual([["os", "memory", "cpu"]]);
});

test("a section that there is not is refused before anything is contacted", async () => {
  const { code, world, log } = await hostkit("facts --local --only memroy");
  expect(code).toBe(64);
  expect(log).toEqual([]);
  expect(world.stderr()).toContain("Did you mean `memory`?");
});

test("declared hosts, as text and as events", async () => {
  const hosts = { app: {}, db: { connect: problem("ssh", "HK2020") } };
  const text = await hostkit("facts --all", { hosts });
  expect(text.code).toBe(4);
  expect(text.world.stdout()).toContain("app (root@app.example.com:22)");
  const { world } = await hostkit("facts --all --json", { hosts });
  expect(world.stderr()).toBe("");
  expect(world.events().filter((event) => event["event"] === "facts")).toEqual([
    {
      version: 1,
      event: "facts",
      host: "app",
      label: "root@app.example.com:22",
      facts: { cpu: { model: "EPYC", cores: 4 } },
    },
  ]);
});

test("Ctrl-C", async () => {
  const { code, world } = start("facts --host app", { hosts: { app: { connect: "never" } } });
  await settle();
  world.interrupt();
  expect(await code).toBe(130);
});
