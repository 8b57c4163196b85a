import { describe, expect, test } from "vitest";
import { AbortError } from "../../../client/api/abort.ts";
import { apply, type ApplyOptions } from "../../../client/api/applied.ts";
import { exitCodeOf } from "../../../client/api/exit-code.ts";
import type { Planned } from "../../../client/api/planned.ts";
import type { Diagnostic } from "../../../shared/diagnostic.ts";
import type { Verdict } from "../../../shared/outcome.ts";
import { type FakeHost, NO_CHANGES, PLAN, problem, respond } from "../commands/fake-services.ts";
import { settle } from "../commands/hostkit.ts";
import { fault, library, rejection } from "./support.ts";

const STOPPED: Diagnostic = {
  severity: "error",
  side: "agent",
  code: "HK3030",
  summary: "The run was stopped.",
  detail: "",
};

/** A host that makes changes until it is told to stop. */
const stoppable = (verdict: Verdict): FakeHost => ({
  apply: ({ plan, send, stop }) => {
    send();
    return new Promise((resolve) => {
      const ended = { ...respond(plan, { verdict, changes: [] }), diagnostics: [STOPPED] };
      stop?.addEventListener("abort", () => resolve(ended));
    });
  },
});

test("applies exactly the plan, and tells each step", async () => {
  const { plan, log, events, onEvent } = await library();
  const planned = await plan();
  events.length = 0;
  const result = await apply(planned, { onEvent });
  expect(result).toMatchObject({
    host: "app",
    verdict: "applied",
    stopped: false,
    diagnostics: [],
    fresh: null,
    outcome: { planDigest: PLAN.digest, changes: [{ result: "done" }, { result: "done" }] },
  });
  expect(exitCodeOf(result)).toBe(0);
  const [first, second] = PLAN.changes.map(({ id }) => id);
  expect(events).toEqual([
    { type: "applying", host: "app", changes: 2 },
    { type: "step", host: "app", resource: first, state: "started" },
    { type: "step", host: "app", resource: first, state: "done" },
    { type: "step", host: "app", resource: second, state: "started" },
    { type: "step", host: "app", resource: second, state: "done" },
  ]);
  await planned.close();
  expect(log).toEqual(["load", "connect app", "plan app", "apply app", "close app"]);
});

test("a plan without changes is applied by doing nothing", async () => {
  const { plan, log } = await library({ hosts: { app: { plan: NO_CHANGES } } });
  const result = await apply(await plan());
  expect(result).toMatchObject({ verdict: "applied", outcome: { run: null, changes: [] } });
  expect(log).not.toContain("apply app");
});

test.each<[Verdict, number]>([
  ["stale", 5],
  ["partial", 7],
  ["failed", 1],
  ["rolled-back", 8],
  ["rollback-failed", 10],
])("the verdict %s is a result, and exit code %i", async (verdict, code) => {
  const warning = { ...STOPPED, code: "HK4000" as const };
  const { plan, onEvent, events } = await library({
    hosts: {
      app: {
        apply: async ({ plan: applied }) => ({
          ...respond(applied, { verdict, changes: [] }, verdict === "stale" ? NO_CHANGES : null),
          diagnostics: [warning],
        }),
      },
    },
  });
  const result = await apply(await plan(), { onEvent });
  expect(result).toMatchObject({ verdict, stopped: false, diagnostics: [warning] });
  expect(result.fresh).toBe(verdict === "stale" ? NO_CHANGES : null);
  expect(exitCodeOf(result)).toBe(code);
  expect(events.at(-1)).toEqual({ type: "diagnostic", host: "app", diagnostic: warning });
});

describe("a plan is applied once", () => {
  test("and not again", async () => {
    const { plan, log } = await library();
    const planned = await plan();
    await apply(planned);
    expect(await fault(apply(planned))).toMatch(/^HK5042 It was handed over/);
    expect(log.filter((each) => each === "apply app")).toHaveLength(1);
  });

  test("not twice at the same time, and closing waits for it", async () => {
    let finish: () => void = () => undefined;
    const { plan, log } = await library({
      hosts: {
        app: {
          apply: ({ plan: applied }) =>
            new Promise((resolve) => {
              finish = () => resolve(respond(applied, { verdict: "applied", changes: [] }));
            }),
        },
      },
    });
    const planned = await plan();
    const first = apply(planned);
    await settle();
    expect(await fault(apply(planned))).toMatch(/^HK5042 It is being applied/);
    const closing = planned.close();
    await settle();
    expect(log).not.toContain("close app");
    finish();
    expect(await first).toMatchObject({ verdict: "applied" });
    await closing;
    expect(log.at(-1)).toBe("close app");
  });

  test("not when it was closed", async () => {
    const { plan, log } = await library();
    const planned = await plan();
    await planned.close();
    expect(await fault(apply(planned))).toMatch(/^HK5042 Its session was closed/);
    expect(log).not.toContain("apply app");
  });

  test("but again when the host refused to begin", async () => {
    let tries = 0;
    const { plan } = await library({
      hosts: {
        app: {
          apply: async ({ plan: applied }) => {
            tries += 1;
            if (tries === 1) throw problem("host", "HK4003");
            return respond(applied, { verdict: "applied", changes: [] });
          },
        },
      },
    });
    const planned = await plan();
    const error = await rejection(apply(planned));
    expect(exitCodeOf(error)).toBe(9);
    expect(await apply(planned)).toMatchObject({ verdict: "applied" });
  });
});

test.each<[string, object, RegExp]>([
  ["onFailure", { onFailure: "continue" }, /^HK5040 `onFailure` takes "rollback" or "stop"/],
  ["wait", { wait: "soon" }, /^HK5040 `wait` takes a duration such as "30s" or "5m"; .* "soon"/],
  ["confirmTimeout", { confirmTimeout: -1 }, /^HK5040 `confirmTimeout` takes a duration/],
])("a bad %s is refused, and the plan is still there", async (_name, options, message) => {
  const { plan, log } = await library();
  const planned = await plan();
  expect(await fault(apply(planned, options as ApplyOptions))).toMatch(message);
  expect(log).not.toContain("apply app");
  expect(await apply(planned)).toMatchObject({ verdict: "applied" });
});

test("what is no plan of the library is refused", async () => {
  const { plan } = await library();
  const copy = { ...(await plan()) };
  expect(await fault(apply(copy))).toContain("HK5040 What `plan` gives was expected");
  expect(await fault(apply(undefined as unknown as Planned))).toContain("HK5040");
});

describe("a signal", () => {
  test("that was aborted before sends nothing", async () => {
    const { plan, log } = await library();
    const error = await rejection(apply(await plan(), { signal: AbortSignal.abort() }));
    expect(error).toBeInstanceOf(AbortError);
    expect(log).not.toContain("apply app");
  });

  test("asks a run to stop, and the result tells how it ended", async () => {
    const { plan, events, onEvent, log } = await library({
      hosts: { app: stoppable("rolled-back") },
    });
    const controller = new AbortController();
    const planned = await plan();
    const applying = apply(planned, { signal: controller.signal, onEvent });
    await settle();
    controller.abort();
    const result = await applying;
    expect(result).toMatchObject({ verdict: "rolled-back", stopped: true });
    expect(exitCodeOf(result)).toBe(130);
    expect(events).toContainEqual({ type: "stopping", host: "app", run: expect.any(String) });
    expect(log).not.toContain("close app");
  });

  test("rejects where the run had changed nothing yet", async () => {
    const { plan } = await library({ hosts: { app: stoppable("failed") } });
    const controller = new AbortController();
    const applying = rejection(apply(await plan(), { signal: controller.signal }));
    await settle();
    controller.abort();
    expect(await applying).toBeInstanceOf(AbortError);
  });

  test("rejects where the run waited for another one", async () => {
    const { plan } = await library({
      hosts: {
        app: {
          apply: ({ send, stop }) => {
            send();
            return new Promise((_resolve, reject) => {
              stop?.addEventListener("abort", () => reject(problem("host", "HK4073")));
            });
          },
        },
      },
    });
    const controller = new AbortController();
    const applying = rejection(apply(await plan(), { signal: controller.signal }));
    await settle();
    controller.abort();
    expect(await applying).toBeInstanceOf(AbortError);
  });

  test("that is aborted when all is done changes nothing", async () => {
    const { plan, log } = await library();
    const controller = new AbortController();
    const planned = await plan();
    expect(await apply(planned, { signal: controller.signal })).toMatchObject({
      verdict: "applied",
    });
    controller.abort();
    await settle();
    expect(log.at(-1)).toBe("apply app");
  });
});
