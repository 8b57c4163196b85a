import { describe, expect, test } from "vitest";
import { account } from "../../agent/resources/account.ts";
import type { Driver, Memory, Step } from "../../agent/resources/driver.ts";
import { group } from "../../agent/resources/group.ts";
import { type Diagnostic, HostKitError } from "../../shared/diagnostic.ts";
import type { DesiredInput, Kind } from "../../shared/resources/registry.ts";
import { applySteps, read, resourceOf, stepFor } from "../contract/cycle.ts";
import { isOfTheHost, prepare, RUN, undo } from "../contract/undo.ts";
import { Interruption, MemoryHost } from "../support/memory-host/memory-host.ts";

/** What only the undo of accounts and groups meets; that it restores everything is proved by the contract. */

const KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGann ann@laptop";
const OTHER = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGbob bob@desk";
const KEYS = "/home/ann/.ssh/authorized_keys";

const append = (host: MemoryHost, path: string, line: string) => {
  const { uid, gid, mode } = host.tree.find(path, { call: "stat", follow: "last" }) ?? FOR_ALL;
  host.put(path, `${host.text(path) ?? ""}${line}\n`, { uid, gid, mode });
};
const change = (host: MemoryHost, path: string, [from, to]: readonly [string, string]) =>
  host.put(path, (host.text(path) ?? "").replace(from, to));
const isThere = (host: MemoryHost, path: string) =>
  host.tree.find(path, { call: "stat", follow: "parents" }) !== undefined;
const FOR_ALL = { uid: 0, gid: 0, mode: 0o644 };
const owned = (uid: number, mode: number) => ({ uid, gid: uid, mode });

function newHost(): MemoryHost {
  const host = new MemoryHost();
  host.tree.ensureDirectory(RUN);
  return host;
}

/** ann, 1001, whose home has a key. */
function hostWithAnn(): MemoryHost {
  const host = newHost();
  append(host, "/etc/passwd", "ann:x:1001:1001::/home/ann:/bin/sh");
  append(host, "/etc/group", "ann:x:1001:");
  host.tree.makeDirectory("/home/ann", owned(1001, 0o755));
  host.tree.makeDirectory("/home/ann/.ssh", owned(1001, 0o755));
  host.put(KEYS, `# by hand\n${OTHER}\n`, owned(1001, 0o640));
  return host;
}

interface Made<K extends Kind> {
  readonly driver: Driver<K>;
  readonly step: Step<K>;
  readonly prepared: { readonly memory: Memory; readonly kept: ReadonlyMap<string, string> };
  readonly host: MemoryHost;
  /** Lines of the host before. */
  readonly before: readonly string[];
}

async function make<K extends Kind>(
  host: MemoryHost,
  { driver, kind, desired }: { driver: Driver<K>; kind: K; desired: DesiredInput<K> },
): Promise<Made<K>> {
  const before = host.files().filter(isOfTheHost);
  const resource = resourceOf(kind, desired);
  const [reading] = await read(driver, [resource], { host });
  const step = reading && stepFor(resource, reading);
  if (step === undefined) throw new Error("nothing to make");
  const prepared = await prepare(driver, step, host);
  await applySteps(driver, [step], host);
  return { driver, step, prepared, host, before };
}
const makeAccount = (host: MemoryHost, desired: DesiredInput<"account">) =>
  make(host, { driver: account, kind: "account", desired });
const makeGroup = (host: MemoryHost, desired: DesiredInput<"group">) =>
  make(host, { driver: group, kind: "group", desired });

const takeBack = <K extends Kind>({ driver, step, prepared: { memory, kept }, host }: Made<K>) =>
  undo(driver, { ...step, memory }, { host, kept });

async function refusalOf<K extends Kind>(made: Made<K>): Promise<Diagnostic> {
  const error: unknown = await takeBack(made).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof HostKitError)) throw new Error("not refused", { cause: error });
  expect(error.diagnostics).toHaveLength(1);
  return error.diagnostics[0] as Diagnostic;
}

const expectRestored = <K extends Kind>({ host, before }: Made<K>) =>
  expect(host.files().filter(isOfTheHost)).toEqual(before);

describe("taking back a new account", () => {
  test("one with running processes stays, with its home", async () => {
    const made = await makeAccount(newHost(), { name: "ann" });
    made.host.accounts.busy.add("ann");
    const { code, detail } = await refusalOf(made);
    expect(code).toBe("HK4206");
    expect(detail).toMatch(/userdel does not remove.*process 4711.*roll back again\.$/);
    expect(made.host.text("/etc/passwd")).toContain("ann:x:1000:");
    expect(isThere(made.host, "/home/ann")).toBe(true);
    made.host.accounts.busy.clear();
    await takeBack(made);
    expectRestored(made);
  });

  test("the home goes with all that came into it", async () => {
    const made = await makeAccount(newHost(), { name: "ann", authorizedKeys: [KEY] });
    made.host.put("/home/ann/notes/today", "x", owned(1000, 0o600));
    await takeBack(made);
    expectRestored(made);
  });

  test("a home that was there before stays, with what came into it", async () => {
    const host = newHost();
    host.put("/srv/site/index.html", "x");
    const made = await makeAccount(host, { name: "ann", home: "/srv/site", authorizedKeys: [KEY] });
    host.put("/srv/site/.ssh/known_hosts", "y");
    await takeBack(made);
    expect(host.text("/srv/site/index.html")).toBe("x");
    expect(host.text("/srv/site/.ssh/known_hosts")).toBe("y");
    expect(isThere(host, "/srv/site/.ssh/authorized_keys")).toBe(false);
  });

  test("a home that somebody else took over is left", async () => {
    const made = await makeAccount(newHost(), { name: "ann" });
    made.host.tree.setMetadata("/home/ann", owned(33, 0o755));
    made.host.put("/home/ann/site", "x");
    const { code, detail } = await refusalOf(made);
    expect(code).toBe("HK4223");
    expect(detail).toContain("/home/ann belongs to www-data");
    expect(made.host.text("/home/ann/site")).toBe("x");
    expect(made.host.text("/etc/passwd")).not.toContain("ann");
  });

  test("a home below another user's directory is not emptied", async () => {
    const host = newHost();
    host.tree.ensureDirectory("/srv/www", owned(33, 0o755));
    const made = await makeAccount(host, { name: "ann", home: "/srv/www/ann" });
    host.put("/srv/www/ann/x", "x");
    const { code, detail } = await refusalOf(made);
    expect(code).toBe("HK4223");
    expect(detail).toContain("below a directory that is not root's");
    expect(host.text("/srv/www/ann/x")).toBe("x");
  });

  test("a link in the place of the home is not followed", async () => {
    const made = await makeAccount(newHost(), { name: "ann" });
    made.host.tree.remove("/home/ann");
    made.host.tree.putSymlink("/home/ann", "/root");
    const { code } = await refusalOf(made);
    expect(code).toBe("HK4223");
    expect(isThere(made.host, "/root")).toBe(true);
  });

  test("what rm can't remove is told", async () => {
    const made = await makeAccount(newHost(), { name: "ann" });
    made.host.put("/home/ann/mount/x", "x");
    made.host.tree.refusals.set("/home/ann/mount", "EBUSY");
    expect(await refusalOf(made)).toMatchObject({
      code: "HK4223",
      detail: expect.stringContaining("Device or resource busy") as unknown,
    });
  });

  test("a home in a place that useradd chose by itself is left", async () => {
    const host = newHost();
    host.put("/etc/default/useradd", "# HOME=/x\nHOME=/people/\n");
    const made = await makeAccount(host, { name: "ann" });
    const { code, detail } = await refusalOf(made);
    expect(code).toBe("HK4223");
    expect(detail).toContain("/home/ann is not where the run should have made it");
  });

  test("an empty mailbox goes; one with mail, and one of before, stay", async () => {
    const empty = await makeAccount(newHost(), { name: "ann" });
    empty.host.put("/var/mail/ann", "");
    await takeBack(empty);
    expect(isThere(empty.host, "/var/mail/ann")).toBe(false);

    const filled = await makeAccount(newHost(), { name: "ann" });
    filled.host.put("/var/mail/ann", "From bob\n");
    await takeBack(filled);
    expect(filled.host.text("/var/mail/ann")).toBe("From bob\n");

    const host = newHost();
    host.put("/var/mail/ann", "");
    const old = await makeAccount(host, { name: "ann" });
    await takeBack(old);
    expect(host.text("/var/mail/ann")).toBe("");
  });

  test("one that was made anew with another uid is left", async () => {
    const made = await makeAccount(newHost(), { name: "ann", uid: 1500 });
    change(made.host, "/etc/passwd", ["ann:x:1500", "ann:x:1501"]);
    expect((await refusalOf(made)).code).toBe("HK4222");
    expect(made.host.text("/etc/passwd")).toContain("ann:x:1501");
  });

  test("its own group goes even where userdel leaves it", async () => {
    const made = await makeAccount(newHost(), { name: "ann" });
    change(made.host, "/etc/group", [":1000:", ":1000:www-data"]);
    await takeBack(made);
    expectRestored(made);
  });

  test("its own group stays while it is somebody's primary group", async () => {
    const made = await makeAccount(newHost(), { name: "ann" });
    append(made.host, "/etc/passwd", "bob:x:1600:1000::/home/bob:/bin/sh");
    const { code, detail } = await refusalOf(made);
    expect(code).toBe("HK4220");
    expect(detail).toContain("primary group of bob");
  });
});

describe("taking back a changed account", () => {
  const everything = { name: "ann", uid: 1500, home: "/srv/ann", shell: "/bin/bash", groups: [] };

  test("keys that were changed since are left, and the rest goes back", async () => {
    const made = await makeAccount(hostWithAnn(), {
      name: "ann",
      shell: "/bin/bash",
      authorizedKeys: [KEY],
    });
    append(made.host, KEYS, OTHER);
    const { code, detail } = await refusalOf(made);
    expect(code).toBe("HK4221");
    expect(detail).toContain(`${KEYS} has other keys by now`);
    expect(made.host.text(KEYS)).toBe(`${KEY}\n${OTHER}\n`);
    expect(made.host.text("/etc/passwd")).toContain("ann:x:1001:1001::/home/ann:/bin/sh");
  });

  test("keys that were removed since stay removed", async () => {
    const made = await makeAccount(hostWithAnn(), { name: "ann", authorizedKeys: [KEY] });
    made.host.tree.remove(KEYS);
    const { code, detail } = await refusalOf(made);
    expect(code).toBe("HK4221");
    expect(detail).toContain("was removed by now");
    expect(isThere(made.host, KEYS)).toBe(false);
  });

  test("a link that the user put there is refused, whatever it leads to", async () => {
    const made = await makeAccount(hostWithAnn(), { name: "ann", authorizedKeys: [KEY] });
    made.host.put("/root/.ssh/authorized_keys", `${KEY}\n`);
    made.host.tree.remove("/home/ann/.ssh");
    made.host.tree.putSymlink("/home/ann/.ssh", "/root/.ssh");
    const before = made.host.digest();
    const { code, detail } = await refusalOf(made);
    expect(code).toBe("HK4210");
    expect(detail).toContain("/home/ann/.ssh is a symbolic link to /root/.ssh");
    expect(made.host.digest()).toBe(before);
  });

  test("keys that were not kept, or are not what was kept, are told", async () => {
    const made = await makeAccount(hostWithAnn(), { name: "ann", authorizedKeys: [KEY] });
    const lost = { ...made, prepared: { ...made.prepared, kept: new Map<string, string>() } };
    expect((await refusalOf(lost)).code).toBe("HK4224");
    made.host.put(made.prepared.kept.get(KEYS) ?? "", "root's own\n");
    expect((await refusalOf(made)).code).toBe("HK4224");
    expect(made.host.text(KEYS)).toBe(`${KEY}\n`);
  });

  test("a field that was changed since is left, and the others go back", async () => {
    const made = await makeAccount(hostWithAnn(), everything);
    change(made.host, "/etc/passwd", ["/srv/ann:/bin/bash", "/srv/ann:/bin/zsh"]);
    const { code, detail } = await refusalOf(made);
    expect(code).toBe("HK4222");
    expect(detail).toContain(
      "its shell was /bin/sh before the run, which made it /bin/bash, and by now it is /bin/zsh",
    );
    expect(made.host.text("/etc/passwd")).toContain("ann:x:1001:1001::/home/ann:/bin/zsh");
  });

  test("processes keep the uid, and nothing else, from going back; it is told once", async () => {
    const made = await makeAccount(hostWithAnn(), everything);
    made.host.accounts.busy.add("ann");
    const { code, detail } = await refusalOf(made);
    expect(code).toBe("HK4206");
    expect(detail).toMatch(/usermod changes neither uid nor home.*roll back again\.$/);
    expect(made.host.text("/etc/passwd")).toContain("ann:x:1500:1001::/srv/ann:/bin/sh");
  });

  test("a uid that somebody has by now stays his", async () => {
    const made = await makeAccount(hostWithAnn(), { name: "ann", uid: 1500 });
    append(made.host, "/etc/passwd", "eve:x:1001:100::/home/eve:/bin/sh");
    const { code, detail } = await refusalOf(made);
    expect(code).toBe("HK4202");
    expect(detail).toMatch(/had uid 1001 before the run, which the user eve has.*roll back again/);
  });

  test("a group that is gone is told", async () => {
    const host = hostWithAnn();
    change(host, "/etc/group", ["adm:x:4:", "adm:x:4:ann"]);
    const made = await makeAccount(host, { name: "ann", groups: [] });
    change(host, "/etc/group", ["adm:x:4:\n", ""]);
    const { code, detail } = await refusalOf(made);
    expect(code).toBe("HK4203");
    expect(detail).toMatch(/group 'adm' does not exist.*Put it back, then roll back again/);
  });

  test("an account that is gone is told", async () => {
    const made = await makeAccount(hostWithAnn(), { name: "ann", shell: "/bin/bash" });
    change(made.host, "/etc/passwd", ["ann:x:1001:1001::/home/ann:/bin/bash\n", ""]);
    expect(await refusalOf(made)).toMatchObject({
      code: "HK4222",
      detail: expect.stringContaining("it was removed") as unknown,
    });
  });
});

describe("taking back a group", () => {
  test("a new one that became somebody's primary group stays", async () => {
    const made = await makeGroup(newHost(), { name: "deploy", gid: 4321 });
    append(made.host, "/etc/passwd", "ann:x:1001:4321::/home/ann:/bin/sh");
    const { code, detail } = await refusalOf(made);
    expect(code).toBe("HK4220");
    expect(detail).toMatch(/primary group of ann.*usermod --gid.*roll back again\.$/);
    expect(made.host.text("/etc/group")).toContain("deploy:x:4321:");
  });

  test("one with another gid than the run gave it is left", async () => {
    const made = await makeGroup(newHost(), { name: "deploy", gid: 4321 });
    change(made.host, "/etc/group", ["4321", "4322"]);
    expect((await refusalOf(made)).code).toBe("HK4222");
    expect(made.host.text("/etc/group")).toContain("deploy:x:4322:");
  });

  test("one that is gone is not made again", async () => {
    const host = newHost();
    append(host, "/etc/group", "deploy:x:1005:");
    const made = await makeGroup(host, { name: "deploy", gid: 4321 });
    change(host, "/etc/group", ["deploy:x:4321:\n", ""]);
    expect((await refusalOf(made)).code).toBe("HK4222");
  });

  test("a gid that another group has by now stays there", async () => {
    const host = newHost();
    append(host, "/etc/group", "deploy:x:1005:");
    const made = await makeGroup(host, { name: "deploy", gid: 4321 });
    append(host, "/etc/group", "rival:x:1005:");
    const { code, detail } = await refusalOf(made);
    expect(code).toBe("HK4201");
    expect(detail).toMatch(/had gid 1005 before the run, which the group rival has/);
  });
});

describe("an undo that is cut off after any call", () => {
  const full = { uid: 1500, groups: ["adm"], shell: "/bin/bash", authorizedKeys: [KEY] };
  const cases: [string, () => MemoryHost, DesiredInput<"account">][] = [
    ["a new account", newHost, { ...full, name: "ann", home: "/srv/people/ann" }],
    [
      "a new account whose group and home were there",
      () => {
        const host = newHost();
        append(host, "/etc/group", "ann:x:1234:");
        host.put("/srv/ann/.ssh/authorized_keys", `${OTHER}\n`);
        return host;
      },
      { ...full, name: "ann", home: "/srv/ann" },
    ],
    ["a changed account", hostWithAnn, { ...full, name: "ann" }],
    ["an account with a new home", hostWithAnn, { ...full, name: "ann", home: "/srv/x/ann" }],
  ];
  test.each(cases)("is made good by the next: %s", async (_title, given, desired) => {
    const whole = await makeAccount(given(), desired);
    const applied = whole.host.calls;
    await takeBack(whole);
    const total = whole.host.calls - applied;
    expect(total).toBeGreaterThan(0);
    for (let calls = 0; calls < total; calls++) {
      const made = await makeAccount(given(), desired);
      made.host.faultAfter(calls);
      await expect(takeBack(made)).rejects.toThrow(Interruption);
      made.host.revive();
      await takeBack(made);
      expectRestored(made);
    }
  });
});
