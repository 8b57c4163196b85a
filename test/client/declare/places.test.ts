import { describe, expect, it } from "vitest";
import {
  project,
  type ProjectOptions,
  type ReleaseOptions,
  type ServiceOptions,
  type ServiceScope,
} from "../../../client/declare/index.ts";

/** Where a service's things are, and what they are called. */

interface Given {
  readonly options?: ServiceOptions;
  readonly project?: ProjectOptions;
}

const declare = (fn: (s: ServiceScope) => void, given: Given = {}) =>
  project("test", given.project ?? {}, (p) => {
    p.service("api", given.options ?? {}, fn);
  });

function idsOf(fn: (s: ServiceScope) => void, given?: Given): string[] {
  const { faults, resources } = declare(fn, given);
  expect(faults).toEqual([]);
  return resources.map(({ id }) => id);
}

describe("a service", () => {
  it("takes the names it is given, prefix and all", () => {
    const given = {
      project: { prefixes: { user: "p-", unit: "p-" } },
      options: { path: "place", user: "somebody", unit: "thing" },
    };
    const ids = idsOf((s) => {
      expect(s.user).toBe("somebody");
      expect(s.path("config", "a")).toBe("/etc/place/a");
      s.account();
      s.storage("data");
      s.daemon({ exec: ["/bin/x"] });
      s.job("job", { exec: ["/bin/x"] });
    }, given);
    expect(ids).toEqual([
      "account:somebody",
      "directory:/var/lib/place",
      "unit:thing.service",
      "unit:thing-job.service",
    ]);
  });

  it.each([
    [{ path: "a/b" }, "one word"],
    [{ user: "1st" }, "a user name"],
    [{ user: "u".repeat(33) }, "at most 32"],
    [{ unit: "a b" }, "without its type"],
    [{ unit: "api.service" }, "such as example-api"],
  ])("refuses %j", (options, says) => {
    const { faults } = declare(() => undefined, { options });
    expect(faults).toMatchObject([{ code: "HK1021", detail: expect.stringContaining(says) }]);
  });

  it("may share a user with another one only where both mean it", () => {
    const of = (first: ServiceOptions, second: ServiceOptions) =>
      project("test", (p) => {
        p.service("a_b", first, () => undefined);
        p.service("a-b", second, () => undefined);
      }).faults;
    expect(of({}, {})).toMatchObject([{ code: "HK1014" }]);
    expect(of({ unit: "other" }, {})).toMatchObject([{ code: "HK1014" }]);
    expect(of({ unit: "other", user: "a-b" }, {})).toEqual([]);
  });

  it("has no unit whose name is too long", () => {
    const { faults } = declare((s) => s.job("x".repeat(250), { exec: ["/bin/x"] }));
    expect(faults).toMatchObject([
      { code: "HK1023", detail: expect.stringContaining("at most 255") },
    ]);
  });
});

describe("storage", () => {
  it("is in another root, or anywhere", () => {
    const ids = idsOf((s) => {
      const thumbs = s.storage("thumbnails", { under: "cache", backup: true, mode: 0o700 });
      expect(thumbs.storage).toEqual({
        name: "thumbnails",
        path: "/var/cache/api/thumbnails",
        backup: true,
        secret: false,
      });
      s.storage("large", { path: "/mnt/large/api", secret: true });
    });
    expect(ids).toEqual(["directory:/var/cache/api/thumbnails", "directory:/mnt/large/api"]);
  });

  it("is never one directory under two names", () => {
    const { faults } = project("test", { roots: { state: "/var/lib" } }, (p) => {
      p.service("api", (s) => {
        s.storage("data");
        s.storage("state");
      });
    });
    expect(faults).toMatchObject([
      { code: "HK1053", detail: expect.stringContaining("storage state and storage data") },
    ]);
    const twice = declare((s) => {
      s.storage("data");
      s.storage("data");
    });
    expect(twice.faults).toMatchObject([{ code: "HK1053" }]);
  });

  it.each([
    [{ under: "cahce" }, "HK1026", "`cache`"],
    [{ under: "data", path: "/x" }, "HK1027", "both `under` and `path`"],
    [{ path: "x" }, "HK1021", "absolute path"],
    [{ backup: "yes" }, "HK1021", "`backup`"],
    [{ under: "run" }, "HK1027", "RuntimeDirectory"],
    [{ bakcup: true }, "HK1020", "bakcup"],
  ])("refuses %j", (options, code, says) => {
    const { faults } = declare((s) => void s.storage("x", options as object));
    expect(faults).toMatchObject([{ code, detail: expect.stringContaining(says) }]);
  });
});

describe("a release", () => {
  it("is its files, and then the link", () => {
    const { faults, resources } = declare((s) => {
      const unpacked = s.directory("/srv/unpacked");
      const release = s.release({
        version: "1.4.2",
        files: { "bin/server": { content: "x", mode: 0o755 }, VERSION: "1.4.2\n" },
        dependsOn: [unpacked],
      });
      expect(release).toMatchObject({
        path: "/opt/api/current",
        versionPath: "/opt/api/releases/1.4.2",
        releasesPath: "/opt/api/releases",
        version: "1.4.2",
        keep: 5,
      });
    });
    expect(faults).toEqual([]);
    const files = [
      "directory:/opt/api/releases/1.4.2",
      "file:/opt/api/releases/1.4.2/bin/server",
      "file:/opt/api/releases/1.4.2/VERSION",
    ];
    expect(resources.slice(1).map(({ id, onRemove }) => [id, onRemove])).toEqual([
      ...files.map((id) => [id, "keep"]),
      ["symlink:/opt/api/current", undefined],
    ]);
    expect(resources.at(-1)).toMatchObject({
      desired: { to: "releases/1.4.2", mustExist: true },
      dependsOn: [...files, "directory:/srv/unpacked"],
    });
  });

  it("may be one of several, and filled by somebody else", () => {
    expect(
      idsOf((s) => {
        s.release({ version: "7" });
        expect(s.release("web", { version: "8" }).versionPath).toBe("/opt/api/web/releases/8");
      }),
    ).toEqual(["symlink:/opt/api/current", "symlink:/opt/api/web/current"]);
  });

  it.each([
    [{}, "HK1022", "`version`"],
    [{ version: "1/2" }, "HK1021", "one word"],
    [{ version: "..", keep: 2 }, "HK1021", "one word"],
    [{ version: "1", keep: 0 }, "HK1021", "`keep`"],
    [{ version: "1", files: { "../x": "a" } }, "HK1023", "such as bin/server"],
    [{ version: "1", files: { a: 5 } }, "HK1021", "file:/opt/api/releases/1/a"],
    [{ version: "1", dependsOn: "file:/x" }, "HK1021", "`dependsOn`"],
    [{ verison: "1", version: "1" }, "HK1020", "Did you mean `version`?"],
  ])("refuses %j", (options, code, says) => {
    const { faults } = declare((s) => void s.release(options as ReleaseOptions));
    expect(faults).toMatchObject([{ code, detail: expect.stringContaining(says) }]);
  });
});

it("what others may want to know is noted beside the resources", () => {
  const { intents } = declare((s) => {
    s.storage("data", { backup: true });
    s.release({ version: "1", keep: 3 });
    s.daemon({ exec: ["/bin/x"], listen: { http: 4000, rpc: { socket: "x" } } });
  });
  const about = { service: "api", subject: null };
  expect(intents.map(({ intent }) => intent)).toEqual([
    {
      type: "storage",
      subject: "directory:/var/lib/api",
      service: "api",
      name: "data",
      path: "/var/lib/api",
      backup: true,
      secret: false,
    },
    {
      type: "release",
      subject: "symlink:/opt/api/current",
      service: "api",
      version: "1",
      path: "/opt/api/current",
      releasesPath: "/opt/api/releases",
      keep: 3,
    },
    {
      type: "listener",
      ...about,
      name: "http",
      protocol: "http",
      host: "127.0.0.1",
      port: 4000,
      by: ["unit:api.service"],
    },
    { type: "listener", ...about, name: "rpc", path: "/run/api/x", by: ["unit:api.service"] },
  ]);
});
