import { expect, test } from "vitest";
import { content, resource } from "../view/samples.ts";
import { NO_CHANGES, PLAN } from "./fake-services.ts";
import { hostkit } from "./hostkit.ts";

const a = resource("file", { path: "/etc/a,b", content: content("a") });
const b = resource("file", { path: "/etc/b", content: content("b") });
const hosts = { app: { resources: [a, b] }, db: { resources: [b] } };

test("plan and push ask for the part alone", async () => {
  for (const line of ["plan --host app", "push --host app --yes"]) {
    const { code, services } = await hostkit(`${line} --only file:/etc/a,b`, { hosts });
    expect(code).toBe(0);
    expect(services.manifests).toMatchObject([
      { resources: [{ id: "file:/etc/a,b" }], selection: { only: ["file:/etc/a,b"], left: 1 } },
    ]);
  }
});

test("a host without any of it is not contacted, and said so", async () => {
  for (const line of ["plan --all", "push --all --yes"]) {
    const { code, world, log } = await hostkit(`${line} --only file:/etc/a,b`, { hosts });
    expect(code).toBe(0);
    expect(world.stderr()).toContain("db has nothing of what is selected.");
    expect(world.stderr()).toMatch(/^db {3}nothing selected$/m);
    expect(log).not.toContain("connect db");
    expect(log).toContain("connect app");
  }
});

test("--exit-code counts the hosts that have something of it", async () => {
  const with2 = { app: { ...hosts.app, plan: NO_CHANGES }, db: { ...hosts.db, plan: PLAN } };
  const line = "plan --all --exit-code --only file:/etc/a,b";
  expect((await hostkit(line, { hosts: with2 })).code).toBe(0);
});

test("what nobody declares is refused before anybody is contacted", async () => {
  const { code, world, log } = await hostkit("push --all --yes --only file:/etc/bb", { hosts });
  expect(code).toBe(64);
  expect(world.stderr().replaceAll(/\s+/g, " ")).toContain("Did you mean `file:/etc/b`?");
  expect(log).toEqual(["load"]);
});

test("as events the plan has all of the selection", async () => {
  const selection = {
    services: [],
    only: [a.id],
    except: [],
    needed: [b.id],
    dependants: [],
    left: 7,
  };
  const app = { ...hosts.app, plan: { ...PLAN, selection } };
  const { world } = await hostkit("plan --host app --only file:/etc/a,b --json", {
    hosts: { app },
  });
  expect(world.events().find(({ event }) => event === "plan")).toMatchObject({
    plan: { selection },
  });
});

test("the variable of --only means ids here, and sections to facts", async () => {
  const env = { HOSTKIT_ONLY: "file:/etc/b" };
  const { services } = await hostkit("plan --host app", { hosts }, { env });
  expect(services.manifests).toMatchObject([{ resources: [{ id: "file:/etc/b" }] }]);
  expect((await hostkit("facts --host app", { hosts }, { env })).code).toBe(64);
  expect((await hostkit("runs --host app", { hosts }, { env })).code).toBe(0);
});

test("audit and read look at the part alone, and say which it is", async () => {
  for (const verb of ["audit", "read"]) {
    const { code, world, log } = await hostkit(`${verb} --all --only file:/etc/a,b`, { hosts });
    expect(code).toBe(0);
    expect(world.stdout()).toContain("Only file:/etc/a,b and what it needs: ");
    expect(world.stdout()).not.toContain("Nothing is removed");
    expect(world.stderr()).toContain("db has nothing of what is selected.");
    expect(log).not.toContain("connect db");
    const events = (
      await hostkit(`${verb} --host app --only file:/etc/a,b --json`, { hosts })
    ).world.events();
    expect(events.find(({ event }) => event === verb)).toMatchObject({
      selection: { only: ["file:/etc/a,b"], left: 1 },
    });
  }
});
