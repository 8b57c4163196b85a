import { describe, expect, it } from "vitest";
import { runOf } from "../../agent/transaction/places.ts";
import type { RunEvent, RunId } from "../../shared/run.ts";
import { declare } from "../support/declare.ts";
import { MemoryHost } from "../support/memory-host/memory-host.ts";
import { cutOffRun, RUN, settle } from "./cut-off.ts";
import { contentsOf, join, manifestOf, ofTheHost, ROOT } from "./joined.ts";

/** What could lock the operator out stays only when somebody came in over a new connection. */

const PATH = "/etc/ssh/sshd_config";
const contents = contentsOf("Port 2222\n");
const manifest = manifestOf(declare.file(PATH, { text: "Port 2222\n" }));

function prepared(): MemoryHost {
  const host = new MemoryHost();
  host.put(PATH, "Port 22\n");
  return host;
}

interface Pushing {
  readonly confirmWithin?: number;
  readonly onFailure?: "rollback" | "stop";
  readonly onEvent?: (event: RunEvent, run: RunId) => void;
}

async function push(
  host: MemoryHost,
  { confirmWithin = 30_000, onFailure = "rollback", onEvent }: Pushing = {},
) {
  const { session } = await join(host);
  const { plan } = await session.plan(manifest, contents);
  const run = session.newRunId();
  const ended = await session.apply(plan!, {
    run,
    contents,
    onFailure,
    wait: 0,
    confirmWithin,
    onEvent: (event) => onEvent?.(event, run),
  });
  return { ...ended, run, plan: plan! };
}

async function confirm(host: MemoryHost, run: RunId) {
  const { session } = await join(host);
  try {
    return await session.confirm(run);
  } finally {
    await session.close();
  }
}

const refused = (error: unknown) =>
  (error as { diagnostics: { code: string }[] }).diagnostics.map(({ code }) => code);

describe("a change of what lets people in", () => {
  it("is marked in the plan, and nothing else is", async () => {
    const { session } = await join(prepared());
    const both = manifestOf(
      declare.file(PATH, { text: "Port 2222\n" }),
      declare.file("/etc/motd", { text: "Port 2222\n" }),
      declare.account("tester"),
    );
    const { plan } = await session.plan(both, contents);
    expect(plan?.changes.map(({ id, danger }) => [id, danger])).toEqual([
      [`file:${PATH}`, "how sshd lets people in"],
      ["file:/etc/motd", undefined],
      ["account:tester", "the account you log in with"],
    ]);
  });

  it("stays when it is confirmed over a new connection", async () => {
    const host = prepared();
    const words: Promise<unknown>[] = [];
    const { outcome, run } = await push(host, {
      onEvent: (event, id) => {
        if (event.type === "confirm") words.push(confirm(host, id));
      },
    });
    await Promise.all(words);
    expect(words).toHaveLength(1);
    expect(outcome.verdict).toBe("applied");
    expect(host.text(PATH)).toBe("Port 2222\n");
    expect(await confirm(host, run)).toEqual({});
  });

  it.each(["rollback", "stop"] as const)(
    "is taken back when nobody comes in, whatever was asked for a failure (%s)",
    async (onFailure) => {
      const host = prepared();
      const before = ofTheHost(host);
      const { outcome, diagnostics, run } = await push(host, { confirmWithin: 50, onFailure });
      expect(outcome.verdict).toBe("rolled-back");
      expect(diagnostics.map(({ code }) => code)).toEqual(["HK4061"]);
      expect(diagnostics[0]?.detail).toContain("how sshd lets people in");
      expect(ofTheHost(host)).toEqual(before);
      // Too late, and ever after.
      expect(refused(await confirm(host, run).catch((error: unknown) => error))).toEqual([
        "HK4060",
      ]);
      expect(ofTheHost(host)).toEqual(before);
    },
  );

  it("is not confirmed with the name of another run", async () => {
    const host = prepared();
    const answers: unknown[] = [];
    const { outcome } = await push(host, {
      confirmWithin: 200,
      onEvent: (event) => {
        if (event.type !== "confirm") return;
        void confirm(host, RUN).catch((error: unknown) => answers.push(refused(error)));
      },
    });
    expect(outcome.verdict).toBe("rolled-back");
    expect(answers).toEqual([["HK4060"]]);
  });

  it("has one end, whenever the word comes", async () => {
    for (let late = 0; late <= 60; late += 5) {
      const host = prepared();
      let word: Promise<string> | undefined;
      const { outcome } = await push(host, {
        confirmWithin: 30,
        onEvent: (event, run) => {
          if (event.type !== "confirm") return;
          word = new Promise((resolve) => setTimeout(resolve, late)).then(() =>
            confirm(host, run).then(
              () => "applied",
              () => "rolled-back",
            ),
          );
        },
      });
      expect(outcome.verdict, `after ${late} ms`).toBe(await word);
      expect(host.text(PATH)).toBe(outcome.verdict === "applied" ? "Port 2222\n" : "Port 22\n");
    }
  });

  it("that is taken back asks for nothing: it is the way back in", async () => {
    const host = prepared();
    await push(host, {
      onEvent: (event, id) => {
        if (event.type === "confirm") void confirm(host, id);
      },
    });
    const { session } = await join(host);
    const { plan } = await session.planRollback(null);
    const events: string[] = [];
    const { outcome } = await session.apply(plan!, {
      contents,
      onFailure: "rollback",
      wait: 0,
      onEvent: ({ type }) => events.push(type),
    });
    expect(outcome.verdict).toBe("applied");
    expect(events).not.toContain("confirm");
    expect(host.text(PATH)).toBe("Port 22\n");
  });
});

describe("a run that could lock the operator out, killed after any call", () => {
  it("is taken back by whoever comes next, unless it was confirmed", async () => {
    const cut = { contents, confirmWithin: 5 };
    const { calls } = await cutOffRun(manifest, { ...cut, host: prepared() });
    let awaiting = 0;
    for (let after = 0; after < calls; after++) {
      const { host } = await cutOffRun(manifest, { ...cut, host: prepared(), after });
      const before = ofTheHost(prepared());
      if (host.text(`${runOf(ROOT, RUN)}/await`) !== undefined) awaiting++;
      for (const goal of ["settle", "settle"] as const) {
        const verdict = await settle(host, goal);
        expect([undefined, "failed", "rolled-back"], `after call ${after}`).toContain(verdict);
      }
      expect(ofTheHost(host), `after call ${after}`).toEqual(before);
    }
    expect(awaiting).toBeGreaterThan(0);
  });
});
