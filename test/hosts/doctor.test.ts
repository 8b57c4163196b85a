import { expect, it } from "vitest";
import { hostState } from "./support/host-state.ts";
import { differences } from "./support/host-state-differences.ts";
import { describeHosts } from "./support/requirements.ts";
import { sharedHost } from "./support/shared-host.ts";
import { type Push, sharedSite } from "./support/site.ts";

/** What doctor says of a real host that is well, and of the same where one thing is wrong with it. */

const ROOT = "/var/lib/hostkit";
const WAY = ["name", "port", "host key", "login", "system", "place", "agent"];
const HOST = ["systemd", "clock", "space", "programs", "validators", "runs", "ledger", "key"];

interface Event {
  readonly event: string;
  readonly host?: string;
  readonly check?: string;
  readonly health?: string;
  readonly found?: string;
  readonly milliseconds?: number;
  readonly diagnostic?: { readonly code: string; readonly detail: string };
}

describeHosts("doctor", () => {
  const host = sharedHost({
    name: "doctor",
    users: [
      { name: "admin", sudo: "nopasswd" },
      { name: "plain", sudo: "none" },
    ],
  });
  const site = sharedSite(host);
  /** Of a host that is declared as told. */
  const diagnose = async (what: Push = {}, by = site.operator()) => {
    await site.plan({ ...what, by });
    await site.agentGone();
    const result = await by.hostkit(["doctor", "--host", "app", "--json"]);
    await site.agentGone();
    const events = result.stdout
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as Event)
      .filter(({ event }) => event === "check");
    const own = events.filter((event) => event.host === "app");
    const told = own.map(({ check, health }) => `${health} ${check}`);
    const bad = own.filter(({ health }) => health === "fail" || health === "warn");
    return { ...result, events, own, told, codes: bad.map(({ diagnostic }) => diagnostic?.code) };
  };
  /** Everything before went well, and nothing behind it was looked at. */
  const stoppedAt = (stage: string, stages = WAY) => {
    const index = stages.indexOf(stage);
    return [
      ...stages.slice(0, index).map((name) => `ok ${name}`),
      `fail ${stage}`,
      ...[...stages.slice(index + 1), ...HOST].map((name) => `skipped ${name}`),
    ];
  };

  it("finds nothing wrong with a host that is well, and changes nothing there", async () => {
    const before = await hostState(host());
    const { status, told, own, events, stdout } = await diagnose();
    expect(told, stdout).toEqual([...WAY, ...HOST].map((name) => `ok ${name}`));
    expect(status, stdout).toBe(0);
    expect(own.find(({ check }) => check === "host key")?.found).toBe(host().hostKeyFingerprint);
    for (const check of ["port", "login", "agent"]) {
      expect(own.find((each) => each.check === check)?.milliseconds).toBeGreaterThanOrEqual(0);
    }
    const here = events.filter((event) => event.host === undefined);
    expect(here.map(({ check }) => check)).toEqual(
      expect.arrayContaining([
        "Node.js",
        "agent for linux-x64",
        "declaration",
        "host key on record",
      ]),
    );
    expect(here.filter(({ health }) => health !== "ok")).toEqual([]);
    expect(differences(before, await hostState(host()))).toEqual([]);
    const found = await site.remote(`find ${ROOT} -mindepth 1 -maxdepth 1`);
    expect(found).toBe(`${ROOT}/agents\n`);
  });

  it("is told for people as well", async () => {
    const result = await site.hostkit("doctor", "--host", "app");
    expect(result.status).toBe(0);
    expect(result.stdout).toContain("\nThis machine\n".trimStart());
    expect(result.stdout).toMatch(/ok +agent +\S+ \([0-9a-f]{12}\) was there \(\d+ ms\)/);
    expect(result.stdout).toMatch(/Doctor: \d+ ok, 0 to look at, 0 failed, 0 not checked\.\n$/);
  });

  it("stops at a port where nothing listens", async () => {
    const at = { address: host().address, port: 2222 };
    const { status, told, codes } = await diagnose({ at });
    expect(told).toEqual(stoppedAt("port"));
    expect(codes).toEqual(["HK2001"]);
    expect(status).toBe(1);
  });

  it("stops at a name that nobody knows", async () => {
    const at = { address: "doctor.invalid", port: 22 };
    const { status, told, codes } = await diagnose({ at });
    expect(told).toEqual(stoppedAt("name"));
    expect(codes).toEqual(["HK2000"]);
    expect(status).toBe(1);
  });

  it("stops at a host key that is not the pinned one", async () => {
    const hostKey = `SHA256:${"A".repeat(43)}`;
    const { status, told, codes } = await diagnose({ ssh: { hostKey } });
    expect(told).toEqual(stoppedAt("host key"));
    expect(codes).toEqual(["HK2014"]);
    expect(status).toBe(1);
  });

  it("stops at a login that is refused", async () => {
    const { status, told, own, codes } = await diagnose({ ssh: { user: "nobody" } });
    expect(told).toEqual(stoppedAt("login"));
    expect(codes).toEqual(["HK2020"]);
    expect(own.find(({ health }) => health === "fail")?.diagnostic?.detail).toContain("nobody@");
    expect(status).toBe(1);
  });

  it("tells of sudo, and of a user who may not use it", async () => {
    const stages = [...WAY.slice(0, 4), "sudo", ...WAY.slice(4)];
    const well = await diagnose({ ssh: { user: "admin", sudo: true } });
    expect(well.told).toEqual([...stages, ...HOST].map((name) => `ok ${name}`));
    const refused = await diagnose({ ssh: { user: "plain", sudo: true } });
    expect(refused.told).toEqual(stoppedAt("sudo", stages));
    expect(refused.status).toBe(1);
  });

  it("stops at a directory in which nothing may be run", async () => {
    await site.remote(
      `rm -rf ${ROOT}; mkdir ${ROOT}; mount -t tmpfs -o noexec,mode=700 none ${ROOT}`,
    );
    try {
      const { status, told, codes } = await diagnose();
      expect(told).toEqual(stoppedAt("place"));
      expect(codes).toEqual(["HK2108"]);
      expect(status).toBe(1);
    } finally {
      await site.remote(`umount ${ROOT}; rmdir ${ROOT}`);
    }
  });

  it("warns of what is wrong with the host itself, and goes on", async () => {
    await site.remote(
      "systemd-run -q --unit=broken --property=RemainAfterExit=yes false; mv /usr/bin/systemd-analyze /root/; sleep 0.3",
    );
    try {
      const { status, own, codes } = await diagnose();
      expect(codes).toEqual(["HK4152", "HK4156"]);
      const failed = own.find(({ check }) => check === "systemd");
      expect(failed?.diagnostic?.detail).toContain("broken.service");
      expect(status).toBe(0);
    } finally {
      await site.remote("systemctl reset-failed; mv /root/systemd-analyze /usr/bin/");
    }
  });

  it("tells of a ledger that can't be read, and of a key that is damaged", async () => {
    await site.remote(`printf x > ${ROOT}/ledger.json; printf short > ${ROOT}/key`);
    try {
      const { status, codes } = await diagnose();
      expect(codes).toEqual(["HK4050", "HK4095"]);
      expect(status).toBe(1);
    } finally {
      await site.remote(`rm ${ROOT}/ledger.json ${ROOT}/key`);
    }
  });

  it("tells what this machine lacks", async () => {
    const stranger = site.newOperator();
    await site.plan({ by: stranger });
    stranger.write(".ssh/known_hosts", "");
    const env = { HOSTKIT_HOTS: "app", SSH_AUTH_SOCK: `${stranger.home}/gone` };
    const result = await stranger.hostkit(["doctor"], { env });
    expect(result.status, result.stdout).toBe(0);
    for (const code of ["HK5071", "HK5073", "HK5075"]) expect(result.stdout).toContain(code);
    expect(result.stdout).toContain("HOSTKIT_HOST");
  });
});
