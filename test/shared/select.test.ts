import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { ResourceId } from "../../shared/brands.ts";
import { buildGraph } from "../../shared/graph.ts";
import { Manifest, manifestForDigest } from "../../shared/manifest.ts";
import type { Edge } from "../../shared/plan.ts";
import type { Resource } from "../../shared/resources/registry.ts";
import { type Asked, select } from "../../shared/select.ts";
import { declare } from "../support/declare.ts";

const manifestOf = (resources: readonly Resource[]): Manifest => ({
  version: 1,
  project: "test",
  host: "memory",
  resources: [...resources],
});

const asked = (how: {
  readonly services?: Readonly<Record<string, readonly string[]>>;
  readonly only?: readonly string[];
  readonly except?: readonly string[];
}): Asked => ({
  services: Object.entries(how.services ?? {}).map(([name, members]) => ({
    name,
    members: members as ResourceId[],
  })),
  only: (how.only ?? []) as ResourceId[],
  except: (how.except ?? []) as ResourceId[],
});

function part(resources: readonly Resource[], how: Parameters<typeof asked>[0]) {
  const selected = select(manifestOf(resources), asked(how));
  if ("contradictions" in selected) throw new Error(JSON.stringify(selected.contradictions));
  const { manifest } = selected;
  return {
    ...manifest.selection!,
    ids: manifest.resources.map(({ id }) => id as string),
    manifest,
  };
}

const graphOf = (resources: readonly Resource[]) => {
  const result = buildGraph(resources);
  if ("faults" in result) throw new Error("faults");
  return result.graph;
};

/** An account, what it owns, a service that reads some of it through a link, and its timer. */
const declared = [
  declare.account("api", { system: true }),
  declare.directory("/srv/api", { owner: "api" }),
  declare.file("/srv/api/conf", { owner: "api" }),
  declare.symlink("/etc/api", { to: "/srv/api" }),
  declare.unit("db.service", { service: { ExecStart: "/bin/db" } }),
  declare.unit("api.service", {
    unit: { After: "db.service" },
    service: { ExecStart: "/bin/api /etc/api/conf" },
  }),
  declare.unit("api.timer", { timer: { OnCalendar: "daily" } }),
  declare.file("/etc/motd"),
];

describe("what is asked for", () => {
  it("brings all it relies on: owners, directories, links and what is behind them, units", () => {
    const { ids, needed, left } = part(declared, { only: ["unit:api.service"] });
    expect(ids).toEqual([
      "account:api",
      "directory:/srv/api",
      "file:/srv/api/conf",
      "symlink:/etc/api",
      "unit:db.service",
      "unit:api.service",
    ]);
    expect(needed).toEqual(ids.slice(0, -1));
    expect(left).toBe(2);
  });

  it("has the edges that it has in the whole, links and owners included", () => {
    const { edges } = graphOf(declared);
    for (const { id } of declared) {
      const { ids, manifest } = part(declared, { only: [id] });
      const own = edges.filter(({ to }) => ids.includes(to));
      expect(graphOf(manifest.resources).edges).toEqual(own);
      const rest = part(declared, { except: [id] }).manifest.resources;
      const kept = new Set(rest.map((one) => one.id));
      expect(graphOf(rest).edges).toEqual(edges.filter(({ to }) => kept.has(to)));
    }
  });

  it("of a service is what the service declares", () => {
    const services = { api: ["file:/srv/api/conf", "file:/etc/motd"] };
    const found = part(declared, { services });
    expect(found.ids).toEqual([
      "account:api",
      "directory:/srv/api",
      "file:/srv/api/conf",
      "file:/etc/motd",
    ]);
    expect(found).toMatchObject({
      services: ["api"],
      needed: ["account:api", "directory:/srv/api"],
      left: 4,
    });
  });

  it("is joined where there is more of it", () => {
    const how = { services: { motd: ["file:/etc/motd"] }, only: ["unit:db.service"] };
    expect(part(declared, how).ids).toEqual(["unit:db.service", "file:/etc/motd"]);
  });
});

describe("what is left out", () => {
  it("takes along all that relies on it", () => {
    const { ids, dependants, needed, left } = part(declared, { except: ["file:/srv/api/conf"] });
    expect(ids).toEqual([
      "account:api",
      "directory:/srv/api",
      "symlink:/etc/api",
      "unit:db.service",
      "file:/etc/motd",
    ]);
    expect(dependants).toEqual(["unit:api.service", "unit:api.timer"]);
    expect(needed).toEqual([]);
    expect(left).toBe(3);
  });

  it("is taken from what a service has, and only that is told", () => {
    const services = { api: ["file:/srv/api/conf", "unit:api.service"] };
    const found = part(declared, { services, except: ["unit:db.service"] });
    expect(found.ids).not.toContain("unit:api.service");
    expect(found.dependants).toEqual(["unit:api.service"]);
    expect(found.needed).not.toContain("unit:db.service");
  });

  it("may be something that nobody asked for", () => {
    const found = part(declared, { only: ["file:/etc/motd"], except: ["unit:db.service"] });
    expect(found.ids).toEqual(["file:/etc/motd"]);
    expect(found.dependants).toEqual([]);
  });

  it("can't be what is asked for by name, nor what that relies on", () => {
    const how = asked({
      only: ["file:/etc/motd", "unit:api.timer"],
      except: ["file:/etc/motd", "unit:db.service"],
    });
    expect(select(manifestOf(declared), how)).toEqual({
      contradictions: [
        { only: "file:/etc/motd", except: "file:/etc/motd" },
        { only: "unit:api.timer", except: "unit:db.service" },
      ],
    });
  });
});

it("a part is a manifest with a digest of its own, also where it is all there is", () => {
  const { manifest } = part(declared, { except: [] });
  expect(manifest.resources).toEqual(declared);
  expect(Manifest.parse(JSON.parse(JSON.stringify(manifest)))).toBeTruthy();
  expect(manifestForDigest(manifest)).not.toBe(manifestForDigest(manifestOf(declared)));
});

it("bootstrap resources come along with what waits for them, and stay before it", () => {
  const first = declare.file("/first");
  const later = declare.file("/later", {}, { dependsOn: ["file:/first"] });
  expect(part([first, later], { only: ["file:/later"] }).ids).toEqual([first.id, later.id]);
});

/** Files of which each may depend on some before it. */
const graphs = fc
  .array(fc.array(fc.nat(), { maxLength: 3 }), { minLength: 1, maxLength: 25 })
  .map((needs) =>
    needs.map((before, index) =>
      declare.file(
        `/f${index}`,
        {},
        { dependsOn: index === 0 ? [] : before.map((one) => `file:/f${one % index}`) },
      ),
    ),
  );

describe("of any graph", () => {
  const some = fc.array(fc.nat(), { maxLength: 3 });
  const pick = (resources: readonly Resource[], which: readonly number[]) => [
    ...new Set(which.map((one) => resources[one % resources.length]!.id)),
  ];
  const before = (edges: readonly Edge[], id: ResourceId) =>
    edges.filter(({ to }) => to === id).map(({ from }) => from);

  it("the part has all that it relies on, nothing that nobody needs, and the same edges as in the whole", () => {
    fc.assert(
      fc.property(graphs, some, some, (resources, which, without) => {
        const only = pick(resources, which);
        const except = pick(resources, without);
        const selected = select(manifestOf(resources), asked({ only, except }));
        if ("contradictions" in selected) return;
        const { edges, order } = graphOf(resources);
        const part = selected.manifest.resources;
        const { needed, left } = selected.manifest.selection!;
        const ids = new Set(part.map(({ id }) => id));
        // Closed: nothing in it lacks what it relies on, and nothing that was to be left out is in it.
        for (const id of ids) for (const from of before(edges, id)) expect(ids).toContain(from);
        for (const id of except) expect(ids).not.toContain(id);
        // Minimal: what was not named is needed by something else in it.
        const isNeeded = (id: ResourceId) =>
          edges.some(({ from, to }) => from === id && (ids.has(to) || needed.includes(to)));
        if (only.length > 0) {
          for (const id of ids) expect(only.includes(id) || isNeeded(id)).toBe(true);
          expect([...ids].filter((id) => !only.includes(id))).toEqual(needed);
        } else {
          // And what is missing relies, by some way, on what was to be left out.
          const gone = new Set<ResourceId>(except);
          for (const { id } of order)
            if (before(edges, id).some((from) => gone.has(from))) gone.add(id);
          expect(resources.filter(({ id }) => !gone.has(id))).toEqual(part);
        }
        expect(left).toBe(resources.length - part.length);
        const own = graphOf(part);
        expect(own.edges).toEqual(edges.filter(({ to }) => ids.has(to)));
        expect(own.order.map(({ id }) => id)).toEqual(
          order.map(({ id }) => id).filter((id) => ids.has(id)),
        );
      }),
    );
  });
});
