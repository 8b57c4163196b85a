import { describe, expect, it } from "vitest";
import type { Intent } from "../../shared/intents.ts";
import type { Resource } from "../../shared/resources/registry.ts";
import { declare } from "../support/declare.ts";
import { MemoryHost } from "../support/memory-host/memory-host.ts";
import { push } from "./everything.ts";
import { contentsOf, join, manifestOf } from "./joined.ts";

/** What would go wrong in a run is told with the plan, before anything is changed. */

const LARGE = "x".repeat(3_000_000);
const contents = contentsOf("first\n", "second\n", LARGE);

async function planned(host: MemoryHost, resources: readonly Resource[], intents: Intent[] = []) {
  const { session } = await join(host);
  const before = host.digest();
  const manifest = { ...manifestOf(...resources), ...(intents.length > 0 ? { intents } : {}) };
  const { plan, diagnostics } = await session.plan(manifest, contents);
  await session.close();
  expect(host.digest()).toBe(before);
  return {
    isPlan: plan !== null,
    told: diagnostics.map(
      ({ severity, code, resource }) => `${severity} ${code} ${resource ?? ""}`,
    ),
    detail: diagnostics[0]?.detail ?? "",
    plan,
  };
}

const unit = (service: object, options: object = {}) =>
  declare.unit("api.service", {
    service: { Type: "notify", ...service },
    active: true,
    ...options,
  });

describe("a unit's program", () => {
  const missing = { ExecStart: "/opt/api/run --now" };

  it("that is missing is an error where the unit is to start, and a warning where it is not yet", async () => {
    const host = new MemoryHost();
    const starts = await planned(host, [unit(missing)]);
    expect(starts).toMatchObject({ isPlan: false, told: ["error HK4121 unit:api.service"] });
    expect(starts.detail).toContain("/opt/api/run, which is neither on the host nor declared");
    const waits = await planned(host, [unit(missing, { active: undefined })]);
    expect(waits).toMatchObject({ isPlan: true, told: ["warning HK4121 unit:api.service"] });
  });

  it.each([
    '"/opt/my api/run" --now',
    "-'/opt/my api/run'",
    '/opt/"my api"/run',
    '"/opt/my\\x20api/run"',
  ])("is found by its path as systemd reads it: %s", async (ExecStart) => {
    const host = new MemoryHost();
    host.put("/opt/my api/run", "a program\n", { uid: 0, gid: 0, mode: 0o755 });
    expect((await planned(host, [unit({ ExecStart })])).told).toEqual([]);
  });

  it("is told with its whole path", async () => {
    const found = await planned(new MemoryHost(), [unit({ ExecStart: '"/opt/my api/run" now' })]);
    expect(found.detail).toContain("/opt/my api/run, which is neither on the host nor declared");
  });

  it.each<[string, readonly Resource[]]>([
    ["declared", [declare.file("/opt/api/run", { text: "first\n" })]],
    [
      "declared behind a link",
      [
        declare.file("/opt/2/run", { text: "first\n" }),
        declare.symlink("/opt/api", { to: "/opt/2" }),
      ],
    ],
  ])("may be %s", async (_how, more) => {
    expect((await planned(new MemoryHost(), [unit(missing), ...more])).told).toEqual([]);
  });

  it("is looked for behind links, and where they lead nowhere it is missing", async () => {
    const host = new MemoryHost();
    host.tree.ensureDirectory("/opt/api");
    host.tree.putSymlink("/opt/api/run", "there");
    expect((await planned(host, [unit(missing)])).told).toEqual(["error HK4121 unit:api.service"]);
    host.put("/opt/api/there", "a program");
    expect((await planned(host, [unit(missing)])).told).toEqual([]);
  });

  it.each([
    { ExecStart: "-/opt/api/run" },
    { ExecStart: "/opt/%i/run" },
    { ExecStart: "run" },
    { ExecStart: "/opt/api/run", RootDirectory: "/srv/root" },
  ])("is no matter in %o", async (service) => {
    expect((await planned(new MemoryHost(), [unit(service)])).told).toEqual([]);
  });

  it("that the same push removes is missing", async () => {
    const host = new MemoryHost();
    await push(host, manifestOf(declare.file("/opt/api/run", { text: "first\n" })));
    const { told, detail } = await planned(host, [unit(missing)]);
    expect(told).toEqual(["error HK4121 unit:api.service"]);
    expect(detail).toContain("is removed by this very push");
  });
});

describe("a unit's user", () => {
  const runs = (more: object) => unit({ ExecStart: "/bin/api", ...more });

  it("that is unknown is an error, unless it is declared, made up, or may come from elsewhere", async () => {
    const host = new MemoryHost();
    const wrong = await planned(host, [runs({ User: "nobody-here" })]);
    expect(wrong).toMatchObject({ isPlan: false, told: ["error HK4122 unit:api.service"] });
    expect(wrong.detail).toContain("runs as the user nobody-here");
    expect((await planned(host, [runs({ Group: "nogroup-here" })])).isPlan).toBe(false);
    const more = declare.account("api");
    expect((await planned(host, [runs({ User: "api", Group: "api" }), more])).told).toEqual([]);
    expect((await planned(host, [runs({ User: "www-data" })])).told).toEqual([]);
    const madeUp = { User: "nobody-here", DynamicUser: "yes" };
    expect((await planned(host, [runs(madeUp)])).told).toEqual([]);
    host.put("/etc/nsswitch.conf", "passwd: files systemd\ngroup: files\n");
    expect((await planned(host, [runs({ User: "nobody-here" })])).isPlan).toBe(false);
    host.put("/etc/nsswitch.conf", "passwd: files [NOTFOUND=continue] sss\ngroup: files\n");
    expect((await planned(host, [runs({ User: "nobody-here" })])).told).toEqual([]);
  });
});

describe("a port", () => {
  const HEAD =
    "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n";
  const line = (address: string, state: string, inode: number) =>
    `   0: ${address} 00000000:0000 ${state} 00000000:00000000 00:00000000 00000000     0        0 ${inode} 1 0 100 0\n`;
  /** Somebody listens on 4000 (0FA0). */
  const listening = (address: string, { table = "tcp", state = "0A" } = {}) => {
    const host = new MemoryHost();
    host.put(`/proc/net/${table}`, HEAD + line(address, state, 777));
    host.put("/proc/123/comm", "nginx\n");
    host.put("/proc/123/cgroup", "0::/system.slice/nginx.service\n");
    host.tree.ensureDirectory("/proc/123/fd");
    host.tree.putSymlink("/proc/123/fd/0", "/dev/null");
    host.tree.putSymlink("/proc/123/fd/5", "socket:[777]");
    return host;
  };
  const note = (more: object = {}): Intent => ({
    type: "listener",
    subject: null,
    service: "api",
    name: "http",
    protocol: "http",
    host: "127.0.0.1",
    port: 4000,
    by: ["unit:api.service" as never],
    ...more,
  });
  const api = unit({ ExecStart: "/bin/api" });
  const LOOPBACK = "0100007F:0FA0";
  const ANY = "00000000:0FA0";
  const ANY6 = "00000000000000000000000000000000:0FA0";

  it("that another program listens on is an error, with who it is", async () => {
    const { isPlan, told, detail } = await planned(listening(LOOPBACK), [api], [note()]);
    expect({ isPlan, told }).toEqual({ isPlan: false, told: ["error HK4123 unit:api.service"] });
    expect(detail).toContain("127.0.0.1:4000, and nginx (process 123, of nginx.service) listens");
  });

  it.each<[string, MemoryHost, Intent, string[]]>([
    ["every address", listening(ANY), note(), ["error"]],
    ["every address, wanted", listening(LOOPBACK), note({ host: "0.0.0.0" }), ["error"]],
    ["every address of IPv6, perhaps", listening(ANY6, { table: "tcp6" }), note(), ["warning"]],
    [
      "UDP, which may be shared",
      listening(ANY, { table: "udp", state: "07" }),
      note({ protocol: "udp" }),
      ["warning"],
    ],
    ["another address", listening("0200007F:0FA0"), note(), []],
    ["another port", listening("0100007F:0FA1"), note(), []],
    ["another protocol", listening(ANY, { table: "udp", state: "07" }), note(), []],
    ["a connection", listening(LOOPBACK, { state: "01" }), note(), []],
    ["nobody's unit", listening(LOOPBACK), note({ by: undefined }), []],
  ])("taken at %s", async (_what, host, intent, severities) => {
    const { told } = await planned(host, [api], [intent]);
    expect(told).toEqual(severities.map((each) => `${each} HK4123 unit:api.service`));
  });

  it("is nobody's business where the unit runs already, has a network of its own, or the other one goes", async () => {
    const host = listening(LOOPBACK);
    const alone = unit({ ExecStart: "/bin/api", PrivateNetwork: "yes" });
    expect((await planned(host, [alone], [note()])).told).toEqual([]);
    host.put("/proc/123/cgroup", "0::/system.slice/old.service\n");
    const old = declare.unit("old.service", {
      service: { Type: "notify", ExecStart: "/bin/old" },
      active: true,
    });
    await push(host, manifestOf(old));
    expect((await planned(host, [api], [note()])).told).toEqual([]);
    // Without the note it would be a failure of the run: the tables are a test's own.
    await push(host, manifestOf(api));
    const again = unit({ ExecStart: "/bin/api --again" });
    expect((await planned(host, [again], [note()])).told).toEqual([]);
  });
});

describe("room", () => {
  const large = declare.file("/srv/data/large", { text: LARGE });

  it("that is too little for the contents is an error, on the file system in question", async () => {
    const host = new MemoryHost();
    host.mounts.set("/srv", { free: 2_000_000 });
    const { isPlan, told, detail } = await planned(host, [large]);
    expect({ isPlan, told }).toEqual({ isPlan: false, told: ["error HK4125 "] });
    expect(detail).toContain("/srv/data");
    expect(detail).toContain("2.9 MiB would be needed, and 1.9 MiB are free");
    host.mounts.set("/srv", { free: 4_000_000 });
    expect((await planned(host, [large])).told).toEqual([]);
    // The agent keeps the contents as well while the run goes on.
    host.mounts.set("/var", { free: 2_000_000 });
    expect((await planned(host, [large])).detail).toContain("/var/lib/hostkit");
  });

  it("for files is counted, where it is", async () => {
    const host = new MemoryHost();
    host.mounts.set("/srv", { freeFiles: 1 });
    const { told, detail } = await planned(host, [large]);
    expect(told).toEqual(["error HK4125 "]);
    expect(detail).toContain("2 new files would be needed, and it has room for 1");
    host.mounts.set("/srv", { freeFiles: null });
    expect((await planned(host, [large])).told).toEqual([]);
  });

  it("is none on what is mounted read-only", async () => {
    const host = new MemoryHost();
    host.mounts.set("/srv", { readOnly: true });
    expect((await planned(host, [large])).told).toEqual(["error HK4124 "]);
  });
});

describe("a document", () => {
  it("that can't be edited in place is told with the plan", async () => {
    const host = new MemoryHost();
    host.put("/etc/app.yaml", "a: &x [1]\nb: *x\n");
    const content = { format: "yaml", data: { a: { c: 1 } }, secrets: [], redacted: [] } as never;
    const { isPlan, told } = await planned(host, [
      declare.file("/etc/app.yaml", { content, merge: true }),
    ]);
    expect({ isPlan, told }).toEqual({ isPlan: false, told: ["error HK4101 file:/etc/app.yaml"] });
  });
});

describe("a link that has to lead somewhere", () => {
  it("does not, when the push removes what is there", async () => {
    const host = new MemoryHost();
    await push(host, manifestOf(declare.file("/opt/1/run", { text: "first\n" })));
    const link = declare.symlink("/opt/run", { to: "/opt/1/run", mustExist: true });
    expect((await planned(host, [link])).told).toEqual(["error HK1054 symlink:/opt/run"]);
  });
});

it("nothing of it is looked at where nothing changes", async () => {
  const host = new MemoryHost();
  const all = [
    unit({ ExecStart: "/bin/api", User: "www-data" }),
    declare.file("/etc/a", { text: "first\n" }),
  ];
  await push(host, manifestOf(...all));
  const from = host.log.length;
  expect((await planned(host, all)).plan?.changes).toEqual([]);
  const calls = host.log.slice(from).map(({ call }) => call);
  expect(calls).not.toContain("fileSystems");
  expect(calls.filter((call) => call === "readFiles").length).toBeLessThanOrEqual(8);
});
