import { describe, expect, it, vi } from "vitest";
import { answerApply, type Planned } from "../../agent/answer-plan.ts";
import { ContentStore } from "../../agent/content-store.ts";
import { POLICY_PATH } from "../../agent/policy/policy.ts";
import { runOf, spoolOf } from "../../agent/transaction/places.ts";
import { exitCodeOf } from "../../client/cli/exit-code.ts";
import type { Digest } from "../../shared/brands.ts";
import { HostKitError } from "../../shared/diagnostic.ts";
import { runId } from "../../shared/run.ts";
import { declare } from "../support/declare.ts";
import { createInProcessExecutor } from "../support/in-process-executor.ts";
import { MemoryHost } from "../support/memory-host/memory-host.ts";
import { createTestSigner } from "../support/signer.ts";
import { cutOffRun, RUN, settle } from "./cut-off.ts";
import { contentsOf, HELLO, join, manifestOf, ofTheHost, ROOT } from "./joined.ts";

/** A host that says what may be done to it is listened to, twice, and always lets a run be taken back. */

const ignore = () => undefined;
const contents = contentsOf("new\n");
const manifest = manifestOf(
  declare.directory("/srv/app"),
  declare.file("/srv/app/motd", { text: "new\n" }),
);
const LIST = "/etc/hostkit/allowed_signers";
const alice = createTestSigner();
const digest = "a".repeat(64) as Digest;
const signed = { digest, signatures: [alice.sign(digest)] };
const unsigned = { digest, signatures: [] };

function demand(host: MemoryHost): MemoryHost {
  host.put(LIST, `alice ${alice.publicKey}\n`);
  host.put(POLICY_PATH, JSON.stringify({ version: 1, signatures: { allowedSigners: LIST } }));
  return host;
}

function refuse(host: MemoryHost, what: object): MemoryHost {
  host.put(POLICY_PATH, JSON.stringify({ version: 1, refuse: what }));
  return host;
}

async function push(host: MemoryHost) {
  const { session } = await join(host);
  const { plan, diagnostics } = await session.plan(manifest, contents);
  const how = { contents, onFailure: "rollback", wait: 0, onEvent: ignore } as const;
  return { foreseen: diagnostics, ...(await applied(() => session.apply(plan!, how))) };
}

async function applied(apply: () => Promise<{ outcome: { verdict: string } }>) {
  try {
    return { verdict: (await apply()).outcome.verdict, refused: [], exitCode: 0 };
  } catch (error) {
    if (!(error instanceof HostKitError)) throw error;
    const { diagnostics } = error;
    const refused = diagnostics.map(({ code }) => code);
    return { verdict: undefined, refused, exitCode: exitCodeOf(diagnostics) };
  }
}

async function rollBack(host: MemoryHost) {
  const { session } = await join(host);
  const { plan, diagnostics } = await session.planRollback(null);
  expect(diagnostics).toEqual([]);
  const how = { contents, onFailure: "rollback", wait: 0, onEvent: ignore } as const;
  return applied(() => session.apply(plan!, how));
}

const runsIn = (host: MemoryHost) => host.files().filter((line) => line.includes(`${ROOT}/runs/`));

describe("a push", () => {
  it.each([
    ["demands signatures", demand, "HK4113"],
    ["refuses a kind", (host: MemoryHost) => refuse(host, { kinds: ["file"] }), "HK4115"],
    ["refuses an action", (host: MemoryHost) => refuse(host, { actions: ["create"] }), "HK4115"],
    [
      "has a policy that is broken",
      (host: MemoryHost) => (host.put(POLICY_PATH, "{"), host),
      "HK4111",
    ],
  ])("to a host that %s is refused, and was warned of", async (_what, prepare, code) => {
    const host = prepare(new MemoryHost());
    const before = ofTheHost(host);
    const { foreseen, verdict, refused, exitCode } = await push(host);
    expect(foreseen).toMatchObject([{ code, severity: "warning" }]);
    expect({ verdict, refused, exitCode }).toEqual({
      verdict: undefined,
      refused: [code],
      exitCode: 6,
    });
    expect(ofTheHost(host)).toEqual(before);
    expect(runsIn(host)).toEqual([]);
  });

  it("that changes nothing is not warned of", async () => {
    const host = new MemoryHost();
    expect(await push(host)).toMatchObject({ verdict: "applied" });
    demand(host);
    const { session } = await join(host);
    const { plan, diagnostics } = await session.plan(manifest, contents);
    expect({ changes: plan?.changes, diagnostics }).toEqual({ changes: [], diagnostics: [] });
  });

  it("to a host that refuses other things goes through", async () => {
    const host = refuse(new MemoryHost(), { kinds: ["account"], actions: ["delete"] });
    expect(await push(host)).toMatchObject({ foreseen: [], verdict: "applied" });
  });
});

describe("the agent that takes a plan", () => {
  async function apply(host: MemoryHost, artifact: Planned["artifact"]) {
    const { session } = await join(host);
    const { plan } = await session.plan(manifest, contents);
    const executor = createInProcessExecutor(host, { root: ROOT, hello: HELLO });
    const start = vi.spyOn(executor, "start");
    const again = () => Promise.reject(new Error("It was stale."));
    const planned: Planned = { plan: plan!, manifest, secrets: [], artifact, again };
    const store = new ContentStore("/nonexistent/hostkit-spool");
    const { sha256 } = plan!.contents[0]!;
    store.accept({ sha256, offset: 0, bytes: new Uint8Array(Buffer.from("new\n")), last: true });
    const context = {
      host,
      root: ROOT,
      executor,
      secrets: [],
      signal: new AbortController().signal,
      onEvent: ignore,
      onCancel: ignore,
      by: "tester",
      contents: store,
    };
    const run = runId(new Date(), 1);
    const how = { onFailure: "rollback", wait: 0, confirmWithin: 1_000 } as const;
    const asked = { run, planDigest: plan!.digest, ...how };
    const result = await applied(() => answerApply(asked, planned, context));
    return { ...result, started: start.mock.calls.length };
  }

  it("takes it when it is signed, and the executor finds the signatures", async () => {
    const host = demand(new MemoryHost());
    expect(await apply(host, signed)).toMatchObject({ verdict: "applied", started: 1 });
    expect(host.text("/srv/app/motd")).toBe("new\n");
  });

  it("refuses it at once when nobody signed it, or for another plan", async () => {
    const other = { digest: "b".repeat(64) as Digest, signatures: signed.signatures };
    for (const artifact of [unsigned, other]) {
      const host = demand(new MemoryHost());
      const refusal = { refused: ["HK4114"], exitCode: 6, started: 0 };
      expect(await apply(host, artifact)).toMatchObject(refusal);
      expect(host.text("/srv/app/motd")).toBeUndefined();
    }
  });
});

describe("the executor", () => {
  const told = (host: MemoryHost) => host.text(`${spoolOf(ROOT, RUN)}/events.jsonl`);

  it("refuses a run when the policy came after it was taken, before it is recorded", async () => {
    for (const artifact of [undefined, unsigned]) {
      const host = demand(new MemoryHost());
      const before = ofTheHost(host);
      const cut = { host, contents, ...(artifact === undefined ? {} : { artifact }) };
      await cutOffRun(manifest, cut);
      expect(told(host)).toContain(artifact === undefined ? "HK4113" : "HK4114");
      expect(ofTheHost(host)).toEqual(before);
      expect(runsIn(host)).toEqual([]);
    }
  });

  it("makes a run that is signed", async () => {
    const { host } = await cutOffRun(manifest, {
      host: demand(new MemoryHost()),
      contents,
      artifact: signed,
    });
    expect(host.text("/srv/app/motd")).toBe("new\n");
  });
});

describe("taking back", () => {
  it.each([
    ["signatures are demanded", demand],
    ["kinds are refused", (host: MemoryHost) => refuse(host, { kinds: ["file", "directory"] })],
    ["the policy is broken", (host: MemoryHost) => (host.put(POLICY_PATH, "{"), host)],
  ])("goes through though %s since", async (_what, prepare) => {
    const host = new MemoryHost();
    const before = ofTheHost(host);
    await push(host);
    prepare(host);
    expect(await rollBack(host)).toMatchObject({ verdict: "applied" });
    const isPolicy = (line: string) => line.startsWith("/etc/hostkit");
    expect(ofTheHost(host).filter((line) => !isPolicy(line))).toEqual(before);
  });

  /** Runs that were cut off after each few of their calls, in the middle of their changes. */
  async function* cutOff(artifact?: typeof signed) {
    const signature = artifact === undefined ? {} : { artifact };
    for (let after = 1; ; after += 2) {
      const { host } = await cutOffRun(manifest, {
        host: new MemoryHost(),
        contents,
        after,
        ...signature,
      });
      if (host.text(`${runOf(ROOT, RUN)}/outcome.json`) !== undefined) return;
      const journal = host.text(`${runOf(ROOT, RUN)}/journal.jsonl`) ?? "";
      if (journal.includes('"type":"started"')) yield host;
    }
  }

  it("of a run that was cut off goes through, and finishing it does not", async () => {
    let count = 0;
    for await (const host of cutOff()) {
      count += 1;
      demand(host);
      const between = ofTheHost(host);
      expect(await settle(host, "finish")).toContain("HK4113");
      expect(ofTheHost(host)).toEqual(between);
      expect(["rolled-back", "applied", "failed"]).toContain(await settle(host, "settle"));
    }
    expect(count).toBeGreaterThan(3);
  });

  it("is not the only way on for a run that was signed", async () => {
    let count = 0;
    for await (const host of cutOff(signed)) {
      count += 1;
      expect(await settle(demand(host), "finish")).toBe("applied");
      expect(host.text("/srv/app/motd")).toBe("new\n");
    }
    expect(count).toBeGreaterThan(3);
  });
});
