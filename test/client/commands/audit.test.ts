import { describe, expect, it } from "vitest";
import type { Finding } from "../../../shared/drift.ts";
import { change, content, MOTD } from "../view/samples.ts";
import { problem } from "./fake-services.ts";
import { hostkit } from "./hostkit.ts";

const finding = (drift: Finding["drift"]): Finding => {
  const own = change("file", { path: "/etc/motd", content: content(MOTD) });
  return { id: own.id, drift, change: own, outside: [] };
};
const DRIFTED = { findings: [finding("outside"), finding("both")], asDeclared: 5 };

describe("audit", () => {
  it("shows whose doing it is, ends with the counts, and asks for nothing else", async () => {
    const { code, world, log } = await hostkit("audit --host app", {
      hosts: { app: { audit: DRIFTED } },
    });
    expect(code).toBe(0);
    expect(world.stdout()).toContain("Changed outside");
    expect(world.stdout().trimEnd().split("\n").at(-1)).toBe(
      "Audit: 1 changed outside, 0 not yet applied, 1 both, 5 as declared.",
    );
    expect(log).toEqual(["load", "connect app", "audit app", "close app"]);
  });

  it.each([
    ["drift", DRIFTED, 2],
    ["none", {}, 0],
  ] as const)("with --exit-code and %s ends with its code", async (_name, audit, expected) => {
    const { code } = await hostkit("audit --host app --exit-code", { hosts: { app: { audit } } });
    expect(code).toBe(expected);
  });

  it("is not clean where something could not be looked at", async () => {
    const { diagnostics } = problem("host", "HK4020");
    const audit = { ...DRIFTED, diagnostics: [...diagnostics] };
    const { code, world } = await hostkit("audit --host app --exit-code", {
      hosts: { app: { audit } },
    });
    expect(code).toBe(1);
    expect(world.stdout()).toContain("Audit: 1 changed outside");
    expect(world.stderr()).toContain("HK4020");
  });

  it("of several hosts tells each, and fails for the one that fails", async () => {
    const hosts = { one: { audit: DRIFTED }, two: { audit: problem("host", "HK4050") } };
    const { code, world } = await hostkit("audit --all", { hosts });
    expect(code).toBe(1);
    expect(world.stderr()).toMatch(/one +1 changed outside, 1 both/);
    expect(world.stderr()).toContain("HK4050");
  });

  it("is an event with --json", async () => {
    const { world } = await hostkit("audit --host app --json", {
      hosts: { app: { audit: DRIFTED } },
    });
    const events = world.events();
    expect(events).toContainEqual(
      expect.objectContaining({
        event: "audit",
        host: "app",
        summary: { outside: 1, pending: 0, both: 1, asDeclared: 5 },
      }),
    );
  });
});

describe("read", () => {
  const found = [
    { id: "file:/etc/motd", state: "present", fields: [{ field: "mode", value: "0644" }] },
    { id: "file:/etc/gone", state: "absent" },
    { id: "file:/etc/odd", state: "problem", problem: problem("host", "HK4020").diagnostics[0]! },
  ] as never;

  it("has a line for each, and one that is in trouble fails nothing", async () => {
    const { code, world } = await hostkit("read --host app", {
      hosts: { app: { read: { found } } },
    });
    expect(code).toBe(0);
    expect(world.stdout()).toMatch(/file:\/etc\/motd +present +mode: 0644/);
    expect(world.stdout()).toMatch(/file:\/etc\/gone +absent/);
    expect(world.stdout()).toMatch(/file:\/etc\/odd +problem +host problem/);
    expect(world.stdout()).toContain("Read: 1 present, 1 absent, 1 with a problem.");
  });

  it("is an event with --json", async () => {
    const { world } = await hostkit("read --host app --json", {
      hosts: { app: { read: { found } } },
    });
    expect(world.stdout()).toContain('"event":"read"');
  });
});
