import { expect, it } from "vitest";
import { describeHosts } from "./support/requirements.ts";
import { sharedHost } from "./support/shared-host.ts";
import { codesOf, messageOf, sharedSite } from "./support/site.ts";

/** What is let go of stays on a real host as it is, and no push says anything of it any more. */

const LEDGER = "/var/lib/hostkit/ledger.json";
/** Holds the lock of runs until it is told to let go. */
const HOLD =
  "flock /var/lib/hostkit/lock sh -c 'touch /run/held; until test -e /run/go; do sleep 0.1; done'; rm /run/held /run/go";
const HELD = "for i in $(seq 100); do test -e /run/held && exit 0; sleep 0.1; done; exit 1";
const WAITING =
  "for i in $(seq 100); do pgrep -x flock -c | grep -q 2 && exit 0; sleep 0.1; done; exit 1";

describeHosts("letting go", () => {
  const host = sharedHost({ name: "forget" });
  const site = sharedSite(host);
  const forget = (...args: string[]) => site.hostkit("forget", "--host", "app", ...args);
  const pushed = async (body: string) => {
    const result = await site.push({ body });
    expect(result.status, result.stdout + result.stderr).toBe(0);
    return result.stdout;
  };
  const file = (path: string, options = "") =>
    `p.file("${path}", { content: "x"${options === "" ? "" : `, ${options}`} });`;

  it("of a host that nothing was ever pushed to is refused", async () => {
    await site.plan();
    const result = await forget("--id", "file:/srv/pushed", "--yes");
    expect(result.status, result.stdout).toBe(1);
    expect(codesOf(result)).toEqual(["HK4070"]);
    expect(messageOf(result)).toContain(LEDGER);
  });

  it("of a protected file leaves it, and the declaration may do without it from then on", async () => {
    const other = file("/srv/other");
    await pushed(`${file("/srv/deep/er/guarded", "protect: true")} ${other}`);

    const early = await forget("--id", "file:/srv/other", "--id", "file:/srv/gone", "--yes");
    expect(early.status).toBe(1);
    expect(codesOf(early)).toEqual(["HK4058"]);

    const refused = await site.push({ body: other });
    expect(refused.status).toBe(6);
    expect(messageOf(refused)).toContain("`hostkit forget --id file:/srv/deep/er/guarded`");

    const unasked = await forget("--id", "file:/srv/deep/er/guarded");
    expect(unasked.status).toBe(64);

    const changed = await site.watchDisk();
    const result = await forget("--id", "file:/srv/deep/er/guarded", "--yes");
    expect(result.status, result.stderr).toBe(0);
    expect(result.stdout).toContain("file:/srv/deep/er/guarded is left as it is");
    expect(result.stdout).toContain("made by HostKit; protected");
    expect(result.stdout).toContain("Forgot 1 resource on app");
    expect(result.stderr).not.toContain("HK1040");
    const paths = await changed();
    expect(paths.filter((path) => !path.startsWith("/var/lib/hostkit"))).toEqual([]);
    expect(await site.remote(`stat -c '%a %U' ${LEDGER}`)).toBe("600 root\n");

    expect(await pushed(other)).toMatch(/^No changes\./m);
    expect(await site.remote("cat /srv/deep/er/guarded")).toBe("x");
    const again = await forget("--id", "file:/srv/deep/er/guarded", "--yes");
    expect(codesOf(again)).toEqual(["HK4058"]);
    // Nothing of it is HostKit's: the directories that were made for it stay too, when they are empty.
    await site.remote("rm /srv/deep/er/guarded");
    expect(await pushed("")).not.toContain("/srv/deep");
    await site.remote("ls -d /srv/deep/er");
  });

  it("of what is still declared is taken back by the next push, and warned of", async () => {
    await pushed(file("/srv/declared"));
    const result = await forget("--id", "file:/srv/declared", "--yes", "--json");
    expect(result.status, result.stdout).toBe(0);
    const events = result.stdout
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as { event: string; code?: string; held?: object[] });
    expect(events.find(({ event }) => event === "diagnostic")?.code).toBe("HK1040");
    expect(events.find(({ event }) => event === "held")?.held).toMatchObject([
      { id: "file:/srv/declared", origin: "created", protect: false, host: "app" },
    ]);
    expect(events.some(({ event }) => event === "forgotten")).toBe(true);
    await pushed(file("/srv/declared"));
    await site.isAsDeclared();
  });

  it("waits for a run that is at work, as long as it is told to and nobody presses Ctrl-C", async () => {
    const operator = site.newOperator();
    const busy = await site.push({ body: file("/srv/busy"), by: operator });
    expect(busy.status, busy.stderr).toBe(0);
    const before = await site.remote(`sha256sum ${LEDGER}`);
    const holding = host().ssh(HOLD, { timeout: 120_000 });
    await site.remote(HELD);

    const named = ["forget", "--host", "app", "--id", "file:/srv/busy", "--yes"];
    const refused = await operator.hostkit([...named, "--wait", "0s"]);
    expect(refused.status, refused.stderr).toBe(9);
    expect(codesOf(refused)).toEqual(["HK4003"]);

    const args = [...named, "--wait", "1m"];
    let interrupt = (): void => undefined;
    const stopped = operator.hostkit(args, {
      started: (process) => (interrupt = () => process.kill("SIGINT")),
    });
    await site.remote(WAITING);
    interrupt();
    expect((await stopped).status).toBe(130);
    await site.agentGone();
    expect(await site.remote("pgrep -x flock -c")).toBe("1\n");
    expect(await site.remote(`sha256sum ${LEDGER}`)).toBe(before);

    const waiting = operator.hostkit(args);
    await site.remote(WAITING);
    await site.remote("touch /run/go");
    expect((await waiting).status).toBe(0);
    expect((await holding).status).toBe(0);
    expect(await site.remote(`grep -c /srv/busy ${LEDGER} || true`)).toBe("0\n");
  });
});
