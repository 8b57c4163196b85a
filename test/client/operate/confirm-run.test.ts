import { expect, test } from "vitest";
import { confirmRun } from "../../../client/operate/confirm-run.ts";
import type { Operating } from "../../../client/operate/operating.ts";
import type { Notice } from "../../../client/operate/talk.ts";
import type { Target } from "../../../client/operate/target.ts";
import type { Session } from "../../../client/session.ts";
import { HostKitError } from "../../../shared/diagnostic.ts";
import { runId } from "../../../shared/run.ts";
import { noticeText } from "../../../client/view/notice-text.ts";
import { problem } from "../commands/fake-services.ts";

const RUN = runId(new Date("2026-01-02T03:04:05Z"), 1);

/** Connections in the order in which they are tried: what each fails with, or what its word is answered with. */
function world(...connections: readonly { connect?: Error; confirm?: Error }[]) {
  const said: string[] = [];
  const log: string[] = [];
  const interrupt = new AbortController();
  const left = [...connections];
  const connectTarget = async (_reach: unknown, { signal }: { signal: AbortSignal }) => {
    log.push("connect");
    signal.throwIfAborted();
    const { connect, confirm } = left.shift() ?? {};
    if (connect !== undefined) throw connect;
    const session: Pick<Session, "confirm" | "close"> = {
      confirm: async () => {
        log.push("confirm");
        if (confirm !== undefined) throw confirm;
        return {};
      },
      close: async () => void log.push("close"),
    };
    return session;
  };
  const operating = {
    connectTarget,
    talk: { notice: (of: Target, notice: Notice) => void said.push(noticeText(of, notice)) },
    interrupt: { signal: interrupt.signal },
  } as unknown as Operating;
  const target: Target = { name: "app", flags: "--host app", reach: { kind: "local" } };
  const confirm = (milliseconds: number) =>
    confirmRun({ target, run: RUN, operating }, milliseconds);
  return { confirm, said, log };
}

test("comes in over a connection of its own, says so, and leaves", async () => {
  const { confirm, said, log } = world({});
  await confirm(60_000);
  expect(log).toEqual(["connect", "confirm", "close"]);
  expect(said).toEqual([
    "app: all is done, and is taken back unless a new connection comes in within 1 min 00 s. Coming in.",
    "app: confirmed over a new connection.",
  ]);
});

test("tries again while there is time: what was restarted may not listen yet", async () => {
  const { confirm, said, log } = world({ connect: problem("host", "HK2001") }, {});
  await confirm(60_000);
  expect(log).toEqual(["connect", "connect", "confirm", "close"]);
  expect(said.at(-1)).toBe("app: confirmed over a new connection.");
});

test("says why nobody came in when the time is over, and does not fail: the run tells how it ended", async () => {
  const { confirm, said, log } = world({ connect: problem("host", "HK2001") });
  await confirm(50);
  expect(log).toEqual(["connect"]);
  expect(said.at(-1)).toBe(
    "app: no new connection came in (host problem). The host takes everything back.",
  );
});

test("does not ask again once it was decided", async () => {
  const { confirm, said, log } = world({ confirm: problem("host", "HK4060") });
  await confirm(60_000);
  expect(log).toEqual(["connect", "confirm", "close"]);
  expect(said).toHaveLength(1);
});

test("a session that breaks is one more reason to come in again", async () => {
  const { confirm, log } = world({ confirm: new HostKitError([]) }, {});
  await confirm(60_000);
  expect(log).toEqual(["connect", "confirm", "close", "connect", "confirm", "close"]);
});
