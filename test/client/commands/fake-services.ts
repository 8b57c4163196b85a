import type { LoadedProject } from "../../../client/compile/load.ts";
import type { HostDeclaration } from "../../../client/declare/host.ts";
import type { ResolvedTarget } from "../../../client/operate/target.ts";
import type { Services } from "../../../client/services.ts";
import type { Session } from "../../../client/session.ts";
import { type Diagnostic, HostKitError } from "../../../shared/diagnostic.ts";
import type { Surroundings } from "../../../client/doctor/surroundings.ts";
import type { Examination } from "../../../shared/examination.ts";
import type { Held } from "../../../shared/held.ts";
import type { Facts, FactSection } from "../../../shared/facts.ts";
import type { Manifest } from "../../../shared/manifest.ts";
import type { Outcome } from "../../../shared/outcome.ts";
import type { Plan } from "../../../shared/plan.ts";
import type { ResponseOf } from "../../../shared/protocol/messages.ts";
import type { Resource } from "../../../shared/resources/registry.ts";
import { type RunEvent, runId } from "../../../shared/run.ts";
import { change, content, digest, makePlan, MOTD, resource, variedTexts } from "../view/samples.ts";
import type { Digest } from "../../../shared/brands.ts";

export const PLAN = makePlan(
  [
    change("file", { path: "/etc/motd", content: content(MOTD) }),
    change("directory", { path: "/etc/app" }),
  ],
  3,
);
export const NO_CHANGES = makePlan([], 5);

export function problem(side: Diagnostic["side"], code: Diagnostic["code"]): HostKitError {
  return new HostKitError({
    severity: "error",
    side,
    code,
    summary: `${side} problem.`,
    detail: "",
  });
}

export const RUN = runId(new Date("2026-01-02T03:04:05Z"), 0xab_cd_ef);

/** Each host is a machine of its own. */
export const machineIdOf = (name: string): string => digest(name).slice(0, 32);

type Followed = (told: {
  readonly onEvent: (event: RunEvent) => void;
  readonly stop: AbortSignal | undefined;
}) => Promise<ResponseOf<"apply">>;

function called(followed: Followed | undefined, told: Parameters<Followed>[0]) {
  if (followed === undefined) throw problem("host", "HK3022");
  return followed(told);
}

/** How one host behaves. */
export interface FakeHost {
  readonly at?: string;
  readonly ssh?: HostDeclaration["ssh"];
  /** What is declared for it; unless set, a file. */
  readonly resources?: readonly Resource[];
  /** What connecting fails with, or waits for whatever is aborted meanwhile. */
  readonly connect?: Error | "never" | Promise<void>;
  /** What every connection but the first fails with. */
  readonly connectAgain?: Error;
  readonly plan?:
    | Plan
    | Error
    | "never"
    | { readonly diagnostics: Diagnostic[]; readonly plan: Plan | null };
  /** An earlier run without an end, until it is settled. */
  readonly pending?: ResponseOf<"plan">["pending"];
  readonly rollback?: Plan | Error;
  readonly audit?: Partial<ResponseOf<"audit">> | Error;
  readonly read?: Partial<ResponseOf<"read">>;
  readonly examine?: Partial<Examination> | Error;
  readonly runs?: ResponseOf<"runs">;
  /** What the ledger has. */
  readonly held?: readonly Held[] | Error;
  /** How letting go of it ends; unless set, well. */
  readonly forget?: (told: { readonly stop: AbortSignal | undefined }) => Promise<void>;
  readonly attach?: Followed;
  readonly recover?: Followed;
  readonly apply?: (told: {
    readonly plan: Plan;
    readonly onEvent: (event: RunEvent) => void;
    /** Counts the request as sent, as a real session does. */
    readonly send: () => void;
    readonly stop: AbortSignal | undefined;
  }) => Promise<ResponseOf<"apply">>;
}

/** A host on which nothing is wrong. */
const WELL: Examination = {
  systemd: { state: "running", failed: [] },
  missing: [],
  noViews: null,
  space: { path: "/var/lib/hostkit", free: 2 ** 34, inodes: 100_000 },
  ledger: { resources: 3 },
  key: { made: true },
  runs: [],
};

/** A machine on which nothing is wrong. */
const SURROUNDINGS: Surroundings = {
  node: "24.1.0",
  engines: ">=20.19",
  artifacts: async () => [],
  digestOf: async ({ agentId }) => agentId,
  agentKeys: async () => ({ keys: 1 }),
  modeOf: async () => null,
  knownHosts: async () => [],
  resolve: async () => ["192.0.2.7"],
  reach: async () => undefined,
};

export interface FakeServices extends Services {
  /** What happened, in order: `connect app`, `plan app`, `apply app`, `close app`. */
  readonly log: string[];
  readonly targets: ResolvedTarget[];
  readonly factsAsked: (readonly FactSection[])[];
  /** What plans were asked of. */
  readonly manifests: Manifest[];
  /** Most hosts that were worked on at the same time. */
  readonly most: () => number;
}

export interface FakeProject {
  readonly hosts?: Readonly<Record<string, FakeHost>>;
  readonly load?: Error;
  readonly surroundings?: Partial<Surroundings>;
  readonly warnings?: readonly Diagnostic[];
}

const FACTS: Partial<Facts> = { cpu: { model: "EPYC", cores: 4 } };

export function createFakeServices(options: FakeProject = {}): FakeServices {
  const hosts = options.hosts ?? { app: {} };
  const log: string[] = [];
  const targets: ResolvedTarget[] = [];
  const factsAsked: (readonly FactSection[])[] = [];
  const manifests: Manifest[] = [];
  let [open, most] = [0, 0];
  return {
    log,
    targets,
    factsAsked,
    manifests,
    most: () => most,
    surroundings: async () => ({ ...SURROUNDINGS, ...options.surroundings }),
    loadProject: async ({ config }) => {
      log.push(`load ${config ?? ""}`.trim());
      if (options.load !== undefined) throw options.load;
      return fakeProject(hosts, options.warnings ?? []);
    },
    connectTarget: async (target, { signal, onProgress, onReached }) => {
      const name = target.kind === "local" ? "local" : target.name;
      const host = hosts[name] ?? {};
      targets.push(target);
      log.push(`connect ${name}`);
      onProgress({ name: "checking" });
      onProgress({ name: "uploading", fraction: 0.5 });
      if (host.connect === "never") await untilAborted(signal);
      else if (host.connect instanceof Error) throw host.connect;
      const isAgain = log.filter((each) => each === `connect ${name}`).length > 1;
      if (isAgain && host.connectAgain !== undefined) throw host.connectAgain;
      await host.connect;
      onReached?.({ what: "login", hostKey: "SHA256:abc" });
      onReached?.({ what: "agent", installed: "cached", root: "/var/lib/hostkit" });
      open += 1;
      most = Math.max(most, open);
      // So that hosts that are worked on at the same time really overlap.
      await new Promise((resolve) => setImmediate(resolve));
      return fakeSession(name, {
        host,
        log,
        factsAsked,
        manifests,
        closed: () => {
          open -= 1;
        },
      });
    },
  };
}

function fakeProject(
  hosts: Readonly<Record<string, FakeHost>>,
  warnings: readonly Diagnostic[],
): LoadedProject {
  const declared = Object.entries(hosts).map(([name, { at, ssh }]): HostDeclaration => ({
    name,
    at: at ?? `${name}.example.com`,
    ...(ssh === undefined ? {} : { ssh }),
  }));
  const motd = resource("file", { path: "/etc/motd", content: content(MOTD) });
  return {
    project: {
      type: "hostkit.project",
      name: "prod",
      hosts: declared,
      resources: [],
      intents: [],
      faults: [],
    },
    configPath: "/srv/infra/hostkit.config.ts",
    warnings,
    manifestFor: async (host) => ({
      manifest: {
        version: 1,
        project: "prod",
        host,
        resources: [...(hosts[host]?.resources ?? [motd])],
      },
      services: new Map(),
      contents: {
        async *open(sha256) {
          const text = variedTexts.get(sha256 as Digest);
          if (text === undefined) throw new Error(`asked for ${sha256}`);
          yield new TextEncoder().encode(text);
        },
      },
    }),
  };
}

interface FakeSessionOptions {
  readonly host: FakeHost;
  readonly log: string[];
  readonly factsAsked: (readonly FactSection[])[];
  readonly manifests: Manifest[];
  readonly closed: () => void;
}

function fakeSession(
  name: string,
  { host, log, factsAsked, manifests, closed }: FakeSessionOptions,
): Session {
  let requests = 0;
  const send = () => {
    requests += 1;
  };
  return {
    hello: {
      protocol: { min: 1, max: 1 },
      version: "1.2.3",
      agentId: digest("agent"),
      uid: 0,
      hostname: name,
      machineId: machineIdOf(name),
      bootId: "0a1b",
      kernel: "6.1",
      arch: "x86_64",
      os: { id: "debian", versionId: "12", name: "Debian GNU/Linux 12", idLike: [] },
      init: "systemd",
      time: 0,
    },
    label: `root@${name}.example.com:22`,
    get requestCount() {
      return requests;
    },
    facts: async (only) => {
      send();
      factsAsked.push(only);
      return FACTS;
    },
    plan: async (manifest) => {
      send();
      manifests.push(manifest);
      log.push(`plan ${name}`);
      const plan = host.plan ?? PLAN;
      if (plan === "never") return new Promise(() => {});
      if (plan instanceof Error) throw plan;
      const found = "diagnostics" in plan ? plan : { plan, diagnostics: [] };
      const isSettled = log.some((each) => each.startsWith(`recover ${name} `));
      const pending = isSettled ? null : (host.pending ?? null);
      return { ...found, diagnostics: [...found.diagnostics], pending };
    },
    planAgain: async (artifact) => {
      send();
      log.push(`plan again ${name}`);
      const fresh = host.plan ?? PLAN;
      if (fresh === "never") return new Promise(() => {});
      if (fresh instanceof Error) throw fresh;
      const { plan, diagnostics } =
        "diagnostics" in fresh ? fresh : { plan: fresh, diagnostics: [] };
      if (plan === null) throw new HostKitError(diagnostics);
      return {
        holds: plan.digest === artifact.plan.digest,
        fresh: plan,
        diagnostics: [],
        pending: null,
      };
    },
    audit: async () => {
      send();
      log.push(`audit ${name}`);
      if (host.audit instanceof Error) throw host.audit;
      return { findings: [], asDeclared: 3, diagnostics: [], pending: null, ...host.audit };
    },
    examine: async () => {
      send();
      log.push(`examine ${name}`);
      if (host.examine instanceof Error) throw host.examine;
      return { ...WELL, ...host.examine };
    },
    read: async () => {
      send();
      log.push(`read ${name}`);
      return { found: [], diagnostics: [], pending: null, ...host.read };
    },
    newRunId: () => RUN,
    apply: async (plan, { onEvent, stop }) => {
      log.push(`apply ${name}`);
      if (host.apply !== undefined) return host.apply({ plan, onEvent, send, stop });
      send();
      for (const { id } of plan.changes) {
        onEvent({ seq: 1, type: "started", id });
        onEvent({ seq: 1, type: "done", id });
      }
      return applied(plan);
    },
    attach: async (asked, { onEvent, stop }) => {
      log.push(`attach ${name} ${asked.run} after ${asked.after}`);
      send();
      return await called(host.attach, { onEvent, stop });
    },
    confirm: async (run) => {
      log.push(`confirm ${name} ${run}`);
      send();
      return {};
    },
    recover: async (asked, { onEvent, stop }) => {
      log.push(`recover ${name} ${asked.run} ${asked.goal}`);
      send();
      return await called(host.recover, { onEvent, stop });
    },
    planRollback: async (run) => {
      log.push(`plan rollback ${name} ${run}`);
      send();
      if (host.rollback instanceof Error) throw host.rollback;
      return { plan: host.rollback ?? NO_CHANGES, diagnostics: [], pending: null };
    },
    runs: async (run) => {
      log.push(`runs ${name} ${run}`);
      send();
      return host.runs ?? { runs: [], plan: null, outcome: null, diagnostics: [], pending: null };
    },
    prune: async (keep) => {
      log.push(`prune ${name} ${keep}`);
      send();
      return { removed: [RUN] };
    },
    held: async (ids) => {
      log.push(`held ${name} ${ids.join(" ")}`);
      send();
      if (host.held instanceof Error) throw host.held;
      return { held: [...(host.held ?? [])] };
    },
    forget: async (reviewed, { wait, stop }) => {
      log.push(`forget ${name} ${reviewed.map(({ id }) => id).join(" ")} wait ${wait}`);
      send();
      await host.forget?.({ stop });
      return {};
    },
    close: async () => {
      log.push(`close ${name}`);
      closed();
    },
  };
}

export function applied(plan: Plan): ResponseOf<"apply"> {
  const changes = plan.changes.map(({ id }) => ({ id, result: "done" as const, milliseconds: 1 }));
  return respond(plan, { verdict: "applied", changes });
}

export function respond(
  plan: Plan,
  outcome: Pick<Outcome, "verdict" | "changes">,
  fresh: Plan | null = null,
): ResponseOf<"apply"> {
  return {
    outcome: {
      ...outcome,
      planDigest: plan.digest,
      run: "20260102T030405-abcdef",
      milliseconds: 1200,
    },
    diagnostics: [],
    fresh,
  };
}

function untilAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    signal.addEventListener("abort", () => reject(new Error("the socket was closed")), {
      once: true,
    });
  });
}
