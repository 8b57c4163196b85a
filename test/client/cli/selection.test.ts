import { describe, expect, it } from "vitest";
import { selectPart } from "../../../client/cli/selection.ts";
import type { LoadedProject } from "../../../client/compile/load.ts";
import type { ResourceId } from "../../../shared/brands.ts";
import { faultsOf, load } from "../compile/temporary-declaration.ts";

const DECLARATION = `import { argv, project, secret } from "hostkit";
export default project("test", (p) => {
  const app = p.host("app", { at: "app" });
  p.host("db", { at: "db" }, (h) => void h.file("/etc/db", { content: "db" }));
  p.file("/etc/motd", { content: "hello" });
  p.service("api", { on: [app] }, (s) => {
    s.account({ system: true });
    const data = s.storage("data");
    const conf = s.ini("app.ini", { a: { b: 1 } });
    const env = s.env("runtime", { PORT: 4000 });
    const release = s.release({ version: "1", files: { server: { content: "#!/bin/sh", mode: 0o755 } } });
    s.daemon({ exec: argv(\`\${release.path}/server\`, { config: conf }), env: [env], credentials: { token: secret.env("T") } });
    const job = s.job("clean", { exec: ["/bin/true"] });
    s.schedule("clean", { run: job, daily: "02:30" });
    s.ready({ unit: "api.service" });
  });
  p.service("web", (s) => void s.file("/etc/web", { content: "w" }));
});
`;

let loading: Promise<LoadedProject> | undefined;

interface Which {
  readonly service?: readonly string[];
  readonly only?: readonly string[];
  readonly except?: readonly string[];
}

async function part(hosts: readonly string[], { service = [], only = [], except = [] }: Which) {
  loading ??= load(DECLARATION);
  const options = { service, only: only as ResourceId[], except: except as ResourceId[] };
  return selectPart(await loading, hosts, options);
}

async function idsOn(host: string, which: Which) {
  const { loaded } = await part([host], which);
  const { manifest } = await loaded.manifestFor(host);
  return manifest.resources.map(({ id }) => id as string);
}

describe("a service", () => {
  it("has all that was declared in it, by whatever convention, and nothing else is needed", async () => {
    const ids = await idsOn("app", { service: ["api"] });
    expect(ids.toSorted()).toEqual([
      "account:api",
      "directory:/opt/api/releases/1",
      "directory:/var/lib/api",
      "file:/etc/api/app.ini",
      "file:/etc/api/runtime.env",
      "file:/etc/credstore/api.service.token",
      "file:/opt/api/releases/1/server",
      "readiness:api",
      "symlink:/opt/api/current",
      "unit:api-clean.service",
      "unit:api-clean.timer",
      "unit:api.service",
    ]);
    const { loaded } = await part(["app"], { service: ["api"] });
    const { manifest } = await loaded.manifestFor("app");
    expect(manifest.selection).toMatchObject({ services: ["api"], needed: [], left: 2 });
  });

  it("that runs elsewhere leaves a host out", async () => {
    const { loaded, without } = await part(["app", "db"], { service: ["api"] });
    expect(without).toEqual(["db"]);
    expect((await loaded.manifestFor("db")).manifest).not.toHaveProperty("selection");
  });
});

it("without any of the flags it is the whole", async () => {
  const { loaded, without } = await part(["app", "db"], {});
  expect(without).toEqual([]);
  expect((await loaded.manifestFor("app")).manifest).not.toHaveProperty("selection");
});

it("each host has what is declared for it, and what it has not is not in its selection", async () => {
  const { loaded } = await part(["app", "db"], { only: ["file:/etc/motd", "file:/etc/db"] });
  const of = async (host: string) => (await loaded.manifestFor(host)).manifest.selection?.only;
  expect(await of("app")).toEqual(["file:/etc/motd"]);
  expect(await of("db")).toEqual(["file:/etc/motd", "file:/etc/db"]);
});

it("what a host does not have can be left out of it", async () => {
  const { loaded, without } = await part(["app", "db"], { except: ["file:/etc/db"] });
  expect(without).toEqual([]);
  expect((await loaded.manifestFor("app")).manifest.selection).toMatchObject({ left: 0 });
  expect((await loaded.manifestFor("db")).manifest.selection).toMatchObject({ left: 1 });
});

it("a host that has nothing left is left out", async () => {
  const everything = ["file:/etc/db", "file:/etc/motd", "file:/etc/web"];
  expect((await part(["app", "db"], { except: everything })).without).toEqual(["db"]);
});

describe("is refused", () => {
  it.each<[string, readonly string[], Which, string, string]>([
    [
      "a resource nobody declares",
      ["app"],
      { only: ["file:/etc/mtod"] },
      "HK5065",
      '--only names "file:/etc/mtod", which is not declared for the host app. Did you mean `file:/etc/motd`?',
    ],
    [
      "one to be left out as well",
      ["app", "db"],
      { except: ["file:/etc/mtod"] },
      "HK5065",
      '--except names "file:/etc/mtod", which is not declared for any of app, db.',
    ],
    [
      "a resource of another host",
      ["app"],
      { only: ["file:/etc/db"] },
      "HK5065",
      "is not declared for the host app. It is declared for db.",
    ],
    [
      "an unknown service",
      ["app"],
      { service: ["ap"] },
      "HK5065",
      '--service names "ap", which is not declared for the host app. Did you mean `api`?',
    ],
    [
      "a service of another host",
      ["db"],
      { service: ["api"] },
      "HK5065",
      "It is declared for app.",
    ],
    [
      "what can't be had without what is left out",
      ["app"],
      { only: ["unit:api-clean.timer"], except: ["unit:api-clean.service"] },
      "HK5066",
      "--only names unit:api-clean.timer, and --except names unit:api-clean.service, which it relies on",
    ],
    [
      "the same thing both ways",
      ["app"],
      { only: ["file:/etc/motd"], except: ["file:/etc/motd"] },
      "HK5066",
      "--only names file:/etc/motd, and --except names it as well",
    ],
    [
      "nothing",
      ["db"],
      { except: ["file:/etc/db", "file:/etc/motd", "file:/etc/web"] },
      "HK5067",
      "Nothing is left on db",
    ],
  ])("%s", async (_what, hosts, which, code, says) => {
    const [fault, ...more] = await faultsOf(part(hosts, which));
    expect(more).toEqual([]);
    expect(fault).toMatchObject({ side: "cli", code });
    expect(fault?.detail).toContain(says);
  });

  it("with all unknown names at once", async () => {
    const which = { service: ["x"], only: ["file:/x"], except: ["file:/y"] };
    expect((await faultsOf(part(["app"], which))).map(({ code }) => code)).toEqual([
      "HK5065",
      "HK5065",
      "HK5065",
    ]);
  });
});
