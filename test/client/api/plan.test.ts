import { getEventListeners } from "node:events";
import { describe, expect, test, vi } from "vitest";
import { AbortError } from "../../../client/api/abort.ts";
import { compile } from "../../../client/api/compiled.ts";
import { type Declaration, loadWith } from "../../../client/api/declaration.ts";
import { exitCodeOf } from "../../../client/api/exit-code.ts";
import { planWith, type PlanOptions } from "../../../client/api/planned.ts";
import type { Diagnostic } from "../../../shared/diagnostic.ts";
import {
  machineIdOf,
  createFakeServices,
  NO_CHANGES,
  PLAN,
  problem,
  respond,
  RUN,
} from "../commands/fake-services.ts";
import { settle } from "../commands/hostkit.ts";
import { fault, library, rejection } from "./support.ts";

const WARNING: Diagnostic = {
  severity: "warning",
  side: "host",
  code: "HK4043",
  summary: "Beware.",
  detail: "",
};

describe("load", () => {
  test("gives what is declared, and the warnings", async () => {
    const { declaration } = await library({ hosts: { app: {}, db: {} }, warnings: [WARNING] });
    expect(declaration).toEqual({
      project: "prod",
      configPath: "/srv/infra/hostkit.config.ts",
      hosts: [
        { name: "app", at: "app.example.com" },
        { name: "db", at: "db.example.com" },
      ],
      warnings: [WARNING],
    });
  });

  test("rejects with what is wrong", async () => {
    const services = createFakeServices({ load: problem("config", "HK1002") });
    const error = await rejection(loadWith(services, {}));
    expect(error).toMatchObject({ diagnostics: [{ code: "HK1002" }] });
    expect(exitCodeOf(error)).toBe(3);
  });
});

describe("compile", () => {
  test("gives the manifest of a host, which can be planned", async () => {
    const { declaration, services, log } = await library();
    const compiled = await compile(declaration, "app");
    expect(compiled.manifest).toMatchObject({ project: "prod", host: "app" });
    const planned = await planWith(services, compiled, {});
    await planned.close();
    expect(log).toEqual(["load", "connect app", "plan app", "close app"]);
  });

  test("is for one host", async () => {
    const { declaration, services, log } = await library({ hosts: { app: {}, db: {} } });
    const compiled = await compile(declaration, "app");
    expect(await fault(planWith(services, compiled, { host: "db" }))).toContain("HK5040");
    expect(log).toEqual(["load"]);
  });

  test("refuses what `load` did not give", async () => {
    const { declaration } = await library();
    expect(await fault(compile({ ...declaration }, "app"))).toMatch(
      /^HK5040 What `load` gives was expected; it was given an object\. A copy/,
    );
  });
});

describe("plan", () => {
  test("gives the plan, and holds the session until it is closed", async () => {
    const { plan, log, events } = await library();
    const planned = await plan();
    expect(planned).toMatchObject({
      host: "app",
      label: "root@app.example.com:22",
      plan: PLAN,
      summary: { create: 2, change: 0, remove: 0 },
      diagnostics: [],
    });
    expect(log).toEqual(["load", "connect app", "plan app"]);
    await planned.close();
    await planned.close();
    expect(log).toEqual(["load", "connect app", "plan app", "close app"]);
    expect(events).toEqual([
      { type: "phase", host: "app", phase: "connecting" },
      { type: "phase", host: "app", phase: "checking" },
      { type: "upload", host: "app", fraction: 0.5 },
      {
        type: "connected",
        host: "app",
        label: "root@app.example.com:22",
        machineId: machineIdOf("app"),
        os: "Debian GNU/Linux 12",
      },
      { type: "phase", host: "app", phase: "planning" },
    ]);
  });

  test("is closed where `await using` ends", async () => {
    const { plan, log } = await library();
    {
      await using planned = await plan();
      expect(planned.plan).toBe(PLAN);
    }
    expect(log.at(-1)).toBe("close app");
  });

  test("tells warnings as events too", async () => {
    const { plan, events } = await library({
      hosts: { app: { plan: { plan: NO_CHANGES, diagnostics: [WARNING] } } },
    });
    const { diagnostics } = await plan();
    expect(diagnostics).toEqual([WARNING]);
    expect(events.at(-1)).toEqual({ type: "diagnostic", host: "app", diagnostic: WARNING });
  });

  test("a host that can't be reached, or has no plan, leaves no session", async () => {
    const none = { plan: null, diagnostics: [{ ...WARNING, severity: "error" as const }] };
    const { plan, log } = await library({
      hosts: { away: { connect: problem("ssh", "HK2001") }, odd: { plan: none } },
    });
    const error = await rejection(plan({ host: "away" }));
    expect(error).toMatchObject({ diagnostics: [{ code: "HK2001" }] });
    expect(exitCodeOf(error)).toBe(4);
    expect(await fault(plan({ host: "odd" }))).toContain("HK4043");
    expect(log.at(-1)).toBe("close odd");
  });

  test("a cut-off run is brought to its end only where that is asked for", async () => {
    const pending = { run: RUN, onFailure: "rollback" as const, state: "cut-off" as const };
    const recovered = {
      outcome: {
        verdict: "rolled-back" as const,
        planDigest: PLAN.digest,
        run: RUN,
        changes: [],
        milliseconds: 1,
      },
      diagnostics: [],
      fresh: null,
    };
    const hosts = { app: { pending, recover: async () => recovered } };
    const untouched = await library({ hosts });
    await untouched.plan();
    expect(untouched.log).toEqual(["load", "connect app", "plan app"]);
    const settled = await library({ hosts });
    await settled.plan({ settle: true });
    expect(settled.log).toContain(`recover app ${RUN} settle`);
    expect(settled.events).toContainEqual({ type: "settling", host: "app", run: RUN });
    expect(settled.events).toContainEqual({
      type: "settled",
      host: "app",
      run: RUN,
      verdict: "rolled-back",
    });
  });

  test("a listener that throws stops nothing", async () => {
    const { services, declaration } = await library();
    const warn = vi.spyOn(process, "emitWarning").mockImplementation(() => undefined);
    const planned = await planWith(services, declaration, {
      onEvent: () => {
        throw new Error("of the listener");
      },
    });
    expect(planned.plan).toBe(PLAN);
    expect(warn.mock.calls[0]).toEqual([new Error("of the listener")]);
    warn.mockRestore();
  });
});

describe("the target", () => {
  test("is the only declared host, or the one that is named", async () => {
    const { plan, services } = await library({ hosts: { app: {}, db: {} } });
    expect(await fault(plan())).toBe(
      'HK5041 The declaration has several hosts (app, db). Say which one: `{ host: "app" }`.',
    );
    await plan({ host: "db" });
    expect(services.targets).toMatchObject([{ name: "db", endpoint: { host: "db.example.com" } }]);
  });

  test("can be elsewhere than declared", async () => {
    const { plan, services } = await library();
    await plan({ ssh: "ann@[2001:db8::7]:2222" });
    await plan({ local: true });
    expect(services.targets).toMatchObject([
      { kind: "ssh", name: "app", endpoint: { host: "2001:db8::7", port: 2222, user: "ann" } },
      { kind: "local" },
    ]);
  });

  test.each<[string, object, RegExp]>([
    ["two machines", { ssh: "a", local: true }, /^HK5040 `ssh` and `local`/],
    ["no address", { ssh: "ssh://a" }, /^HK5040 `ssh` was given "ssh:\/\/a": it is a URL/],
    ["an address that is none", { ssh: 22 }, /^HK5040 `ssh` takes an address; it was given 22/],
    ["not this machine", { local: false }, /^HK5040 `local` takes true; it was given false/],
    ["a host that is none", { host: 1 }, /^HK5040 `host` takes the name of a declared host/],
    ["a wait that is none", { wait: 5 }, /^HK5040 `wait` takes a duration/],
  ])("%s is refused before anything is contacted", async (_name, options, message) => {
    const { plan, log } = await library();
    expect(await fault(plan(options as PlanOptions))).toMatch(message);
    expect(log).toEqual(["load"]);
  });

  test("of no declaration is none", async () => {
    const { services } = await library();
    for (const nothing of [undefined, null, "app", {}]) {
      const planning = planWith(services, nothing as Declaration, {});
      expect(await fault(planning)).toContain("HK5040 What `load` gives was expected");
    }
  });
});

describe("a signal", () => {
  test("that was aborted before contacts nobody", async () => {
    const { plan, log } = await library();
    const error = await rejection(plan({ signal: AbortSignal.abort("enough") }));
    expect(error).toBeInstanceOf(AbortError);
    expect(error).toMatchObject({ name: "AbortError", code: "ABORT_ERR", cause: "enough" });
    expect(exitCodeOf(error)).toBe(130);
    expect(log).toEqual(["load"]);
  });

  test.each([
    ["connecting", { connect: "never" as const }, ["load", "connect app"]],
    ["planning", { plan: "never" as const }, ["load", "connect app", "plan app", "close app"]],
  ])("ends %s", async (_name, app, seen) => {
    const { plan, log } = await library({ hosts: { app } });
    const controller = new AbortController();
    const planning = rejection(plan({ signal: controller.signal }));
    await settle();
    controller.abort();
    expect(await planning).toBeInstanceOf(AbortError);
    expect(log).toEqual(seen);
  });

  test("ends a plan that settled an earlier run first, when that has ended", async () => {
    const pending = { run: RUN, onFailure: "rollback" as const, state: "cut-off" as const };
    const { plan, log, events } = await library({
      hosts: {
        app: {
          pending,
          recover: ({ stop }) =>
            new Promise((resolve) => {
              stop?.addEventListener("abort", () =>
                resolve(respond(PLAN, { verdict: "rolled-back", changes: [] })),
              );
            }),
        },
      },
    });
    const controller = new AbortController();
    const planning = rejection(plan({ settle: true, signal: controller.signal }));
    await settle();
    controller.abort();
    expect(await planning).toBeInstanceOf(AbortError);
    expect(events).toContainEqual(
      expect.objectContaining({ type: "settled", verdict: "rolled-back" }),
    );
    expect(log.at(-1)).toBe("close app");
  });

  test("is let go of when the plan is there", async () => {
    const { plan, log } = await library();
    const controller = new AbortController();
    await plan({ signal: controller.signal });
    expect(getEventListeners(controller.signal, "abort")).toEqual([]);
    controller.abort();
    await settle();
    expect(log).toEqual(["load", "connect app", "plan app"]);
  });
});
