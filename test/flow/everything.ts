import type { Content } from "../../shared/content.ts";
import type { Manifest } from "../../shared/manifest.ts";
import type { ResponseOf } from "../../shared/protocol/messages.ts";
import type { RunId } from "../../shared/run.ts";
import { declare } from "../support/declare.ts";
import { MemoryHost } from "../support/memory-host/memory-host.ts";
import { contentsOf, join, manifestOf, ofTheHost } from "./joined.ts";

/** Something of every kind, twice: pushed one after the other, all of it is made, changed or left. */

const KEY = `ssh-ed25519 ${"A".repeat(68)} ann`;
export const contents = contentsOf("old\n", "first\n", "second\n", "more\n");
const ignore = () => undefined;

const api = (version: string) =>
  declare.unit("api.service", {
    unit: { Description: version },
    service: { Type: "notify", ExecStart: "/bin/api" },
    install: { WantedBy: "multi-user.target" },
    enabled: version === "first",
    active: true,
  });

/** Others manage the rest of it. */
const document = (version: string): Content => ({
  format: "json",
  data: { version, list: [version] },
  secrets: [],
  redacted: [],
});

/** Only the host knows it. */
const token = (name: string): Content => ({
  template: ["token=", { secret: { from: "generate", name, bytes: 16, encoding: "hex" } }, "\n"],
});

export const first = (): Manifest =>
  manifestOf(
    declare.group("web", { gid: 4100 }),
    declare.account("deploy", { uid: 4200, groups: ["web"], authorizedKeys: [KEY] }),
    declare.directory("/srv/app", { owner: "deploy", mode: 0o750 }),
    declare.file("/srv/app/deep/er", { text: "more\n", owner: "deploy" }),
    declare.file("/etc/motd", { text: "first\n", mode: 0o600 }),
    declare.file("/etc/app.json", { content: document("first"), merge: true }),
    declare.file("/etc/token", { content: token("first") }),
    declare.symlink("/srv/current", { to: "/srv/app" }),
    api("first"),
  );

export const second = (): Manifest =>
  manifestOf(
    declare.group("web", { gid: 4500 }),
    declare.account("deploy", { uid: 4201, groups: [], shell: "/bin/bash" }),
    declare.directory("/srv/app", { owner: "root", mode: 0o700 }),
    declare.file("/etc/motd", { text: "second\n" }),
    declare.file("/etc/fresh", { text: "more\n" }),
    declare.file("/etc/app.json", { content: document("second"), merge: true }),
    declare.file("/etc/token", { content: token("second") }),
    declare.symlink("/srv/current", { to: "/srv/elsewhere" }),
    api("second"),
    declare.unit("fresh.service", {
      service: { Type: "notify", ExecStart: "/bin/fresh" },
      active: true,
    }),
  );

/** A host on which some of it exists already, in another way. */
export function prepared(): MemoryHost {
  const host = new MemoryHost();
  host.put("/etc/motd", "old\n");
  host.put("/etc/app.json", '{"theirs": 1, "list": [1, 2]}');
  host.tree.putSymlink("/srv/current", "/srv/before");
  host.put("/etc/systemd/system/api.service", "[Service]\nType=notify\nExecStart=/bin/api\n");
  host.systemd.settle("api.service", "active");
  return host;
}

/** What a person could notice, the agent's own directory and the backups of the account tools apart. */
export const noticed = (host: MemoryHost): string[] => [
  ...ofTheHost(host).filter((line) => !/^\/etc\/\S+- /.test(line)),
  ...host.systemd.describe(),
];

export interface Done {
  readonly run: RunId;
  readonly ended: ResponseOf<"apply">;
}

export async function push(
  host: MemoryHost,
  manifest: Manifest,
  onFailure: "rollback" | "stop" = "rollback",
): Promise<Done> {
  const { session } = await join(host);
  const { plan, diagnostics } = await session.plan(manifest, contents);
  if (plan === null) throw new Error(JSON.stringify(diagnostics));
  const run = session.newRunId();
  const ended = await session.apply(plan, { run, contents, onFailure, wait: 0, onEvent: ignore });
  await session.close();
  return { run, ended };
}

export async function planBack(
  host: MemoryHost,
  run: RunId | null = null,
): Promise<ResponseOf<"planRollback">> {
  const { session } = await join(host);
  const answer = await session.planRollback(run);
  await session.close();
  return answer;
}

/** Takes a run back, the last one unless another is named; no end where there is nothing to take back. */
export async function takeBack(
  host: MemoryHost,
  run: RunId | null = null,
): Promise<{
  readonly planned: ResponseOf<"planRollback">;
  readonly ended: ResponseOf<"apply"> | undefined;
}> {
  const { session } = await join(host);
  try {
    const planned = await session.planRollback(run);
    const { plan } = planned;
    if (plan === null || plan.changes.length === 0) return { planned, ended: undefined };
    const how = { contents, onFailure: "rollback", wait: 0, onEvent: ignore } as const;
    return { planned, ended: await session.apply(plan, how) };
  } finally {
    await session.close();
  }
}

export async function finish(host: MemoryHost): Promise<ResponseOf<"recover">> {
  const { session } = await join(host);
  try {
    return await session.recover({ run: null, goal: "finish", wait: 0 }, { onEvent: ignore });
  } finally {
    await session.close();
  }
}

export async function listed(host: MemoryHost, run: RunId | null = null) {
  const { session } = await join(host);
  const answer = await session.runs(run);
  await session.close();
  return answer;
}
