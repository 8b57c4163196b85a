import type { Content } from "../../shared/content.ts";
import type { Manifest } from "../../shared/manifest.ts";
import type { Resource } from "../../shared/resources/registry.ts";
import { declare } from "../support/declare.ts";
import { MemoryHost } from "../support/memory-host/memory-host.ts";
import { contentsOf, manifestOf } from "./joined.ts";

/** Manifests over one small pool of names, so that two of them have much in common; the same for the same seed. */

export interface Random {
  /** 0 to below `limit`. */
  below(limit: number): number;
  one<Item>(items: readonly Item[]): Item;
  chance(probability: number): boolean;
}

/** Mulberry32: 32 bits of state are plenty for a few hundred choices. */
export function createRandom(seed: number): Random {
  let state = seed;
  const next = () => {
    state = (state + 0x6d2b79f5) | 0;
    let bits = Math.imul(state ^ (state >>> 15), 1 | state);
    bits = (bits + Math.imul(bits ^ (bits >>> 7), 61 | bits)) ^ bits;
    return ((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (limit: number) => Math.floor(next() * limit);
  return {
    below,
    one: (items) => items[below(items.length)]!,
    chance: (probability) => next() < probability,
  };
}

const TEXTS = ["alpha\n", "beta\n", "gamma\n"];
export const contents = contentsOf(...TEXTS);
const MODES = [0o600, 0o640, 0o755];
const KEYS = ["a", "b"].map((name) => `ssh-ed25519 ${"A".repeat(68)} ${name}`);

/** Some of the pool, in an order that a person could have written. */
export function randomManifest(random: Random): Manifest {
  const resources: Resource[] = [];
  const [groups, accounts]: string[][] = [[], []];
  const owned = () => ({
    ...(accounts!.length > 0 && random.chance(0.4) ? { owner: random.one(accounts!) } : {}),
    ...(groups!.length > 0 && random.chance(0.4) ? { group: random.one(groups!) } : {}),
    ...(random.chance(0.5) ? { mode: random.one(MODES) } : {}),
  });
  for (const [index, name] of ["web", "db"].entries()) {
    if (random.chance(0.4)) continue;
    groups!.push(name);
    const gid = 4100 + index + 10 * random.below(3);
    resources.push(declare.group(name, random.chance(0.7) ? { gid } : {}));
  }
  for (const [index, name] of ["ann", "bob"].entries()) {
    if (random.chance(0.4)) continue;
    accounts!.push(name);
    resources.push(
      declare.account(name, {
        uid: 4200 + index + 10 * random.below(3),
        groups: groups!.filter(() => random.chance(0.5)),
        shell: random.one(["/bin/sh", "/bin/bash"]),
        ...(random.chance(0.5) ? { authorizedKeys: KEYS.filter(() => random.chance(0.6)) } : {}),
      }),
    );
  }
  for (const path of ["/srv/one", "/srv/one/two", "/srv/other"]) {
    if (random.chance(0.6)) resources.push(declare.directory(path, owned()));
  }
  for (const path of ["/etc/a", "/etc/motd", "/srv/one/f", "/srv/one/two/f", "/srv/x/y/z"]) {
    if (random.chance(0.6)) {
      resources.push(declare.file(path, { text: random.one(TEXTS), ...owned() }));
    }
  }
  for (const path of ["/srv/link", "/etc/link"]) {
    if (random.chance(0.6)) {
      resources.push(declare.symlink(path, { to: random.one(["/srv/one", "/srv/nowhere"]) }));
    }
  }
  for (const name of ["api.service", "job.service"]) {
    if (random.chance(0.3)) continue;
    resources.push(
      declare.unit(name, {
        unit: { Description: random.one(TEXTS).trim() },
        service: { Type: "notify", ExecStart: "/bin/api" },
        install: { WantedBy: "multi-user.target" },
        ...(random.chance(0.7) ? { enabled: random.chance(0.5) } : {}),
        ...(random.chance(0.8) ? { active: random.chance(0.7) } : {}),
      }),
    );
  }
  return manifestOf(...resources);
}

/** The same, with what plans have to follow: links with files below them, homes, documents, and files that services read. */
export function wideManifest(random: Random): Manifest {
  const { resources } = randomManifest(random);
  const more: Resource[] = [];
  const owners = resources.flatMap(({ kind, desired }) => (kind === "account" ? desired.name : []));
  const owner = () =>
    owners.length > 0 && random.chance(0.6) ? { owner: random.one(owners) } : {};
  const text = () => random.one(TEXTS);
  if (random.chance(0.5)) {
    more.push(declare.file("/opt/rel/1/app", { text: "alpha\n" }));
    more.push(declare.file("/opt/rel/2/app", { text: text() }));
    more.push(declare.symlink("/opt/current", { to: random.one(["/opt/rel/1", "/opt/rel/2"]) }));
    if (random.chance(0.5))
      more.push(declare.file("/opt/current/extra", { text: text(), ...owner() }));
  }
  for (const name of owners) {
    if (random.chance(0.3))
      more.push(declare.file(`/home/${name}/own`, { text: text(), ...owner() }));
    if (random.chance(0.3)) more.push(declare.directory(`/srv/of-${name}`, owner()));
  }
  if (random.chance(0.4)) {
    const home = random.one(["/srv/homes/eve", "/srv/one/eve"]);
    if (random.chance(0.5)) more.push(declare.directory("/srv/homes"));
    const uid = 4300 + random.below(3);
    more.push(
      declare.account("eve", { home, uid }, random.chance(0.5) ? { onRemove: "delete" } : {}),
    );
    if (random.chance(0.5))
      more.push(declare.file(`${home}/deep/own`, { text: text(), owner: "eve" }));
  }
  if (random.chance(0.5)) {
    const data = { port: random.below(3), deep: { text: text() } };
    const content: Content = { format: "json", data, secrets: [], redacted: [] };
    more.push(declare.file("/etc/app.json", { content, merge: random.chance(0.5), ...owner() }));
  }
  if (random.chance(0.5)) {
    more.push(declare.file("/etc/read.conf", { text: text() }));
    const service = { Type: "notify", ExecStart: "/bin/api /etc/read.conf" };
    more.push(declare.unit("reader.service", { service, active: true }));
  }
  return manifestOf(...resources, ...more);
}

/** A host on which others made some of the pool. */
export function randomHost(random: Random): MemoryHost {
  const host = new MemoryHost();
  const mine = { uid: 0, gid: 0, mode: random.one(MODES) };
  if (random.chance(0.5)) host.put("/etc/motd", random.one(TEXTS), mine);
  if (random.chance(0.5)) host.put("/srv/one/theirs", "theirs\n");
  if (random.chance(0.5)) host.tree.putSymlink("/srv/link", "/srv/before");
  if (random.chance(0.5)) {
    host.put("/etc/systemd/system/api.service", "[Service]\nType=notify\nExecStart=/bin/api\n");
    host.systemd.settle("api.service", random.one(["active", "inactive"]));
  }
  return host;
}
