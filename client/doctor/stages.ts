import { type Diagnostic, HostKitError } from "../../shared/diagnostic.ts";
import type { ConnectTarget, Reached } from "../operate/operating.ts";
import type { ResolvedTarget } from "../operate/target.ts";
import type { Session } from "../session.ts";
import { socketFailure } from "../transport/open-socket.ts";
import { resolveEndpoint, type SshSettings } from "../transport/ssh-endpoint.ts";
import { oneLine } from "../view/text.ts";
import { type Check, ok, skipped, unwell } from "./check.ts";
import type { Surroundings } from "./surroundings.ts";

/** The way to a host, stage by stage: the first that fails says why, and what is behind it can't be looked at. */

const STAGES = ["name", "port", "host key", "login", "sudo", "system", "place", "agent"] as const;
type Stage = (typeof STAGES)[number];

/** Which stage a failure belongs to; what is not named is the agent's own. */
const FAILED_AT: readonly (readonly [code: RegExp, stage: Stage])[] = [
  [/^HK2000$/, "name"],
  [/^HK200\d$/, "port"],
  [/^HK201\d$/, "host key"],
  [/^HK202\d$|^HK5010$/, "login"],
  [/^HK211[5-8]$/, "sudo"],
  [/^HK210[2-6]$|^HK211[34]$|^HK2031$/, "system"],
  [/^HK210[789]$|^HK2123$/, "place"],
];

/** There was nothing to log in with, so nobody spoke to the host. */
const BEFORE_CONTACT = /^HK202[124]$/;

export interface Way {
  readonly checks: Check[];
  /** Open, and the caller's to close; absent where it could not be had. */
  readonly session?: Session;
  /** Milliseconds that the host's clock is ahead of this machine's. */
  readonly skew?: number;
}

interface Going {
  readonly surroundings: Surroundings;
  readonly connectTarget: ConnectTarget;
  readonly signal: AbortSignal;
  readonly onProgress: Parameters<ConnectTarget>[1]["onProgress"];
  /** Milliseconds, of this machine. */
  readonly now: () => number;
}

export async function goTo(target: ResolvedTarget, going: Going): Promise<Way> {
  const before: Check[] = [];
  if (target.kind === "ssh") {
    const settings = resolveEndpoint(target.endpoint);
    for (const look of [checkName, checkPort]) {
      const check = await look(settings, going);
      before.push(check);
      if (check.health === "fail") return { checks: [...before, ...rest(target, before)] };
    }
  }
  const { now, signal, onProgress, connectTarget } = going;
  const reached = new Map<Reached["what"], { readonly reached: Reached; readonly at: number }>();
  const began = now();
  try {
    const session = await connectTarget(target, {
      signal,
      onProgress,
      onReached: (one) => void reached.set(one.what, { reached: one, at: now() }),
    });
    const skew = session.hello.time - now();
    const checks = [...before, ...came(target, { session, reached, began })];
    return { checks, session, skew };
  } catch (error) {
    if (!(error instanceof HostKitError)) throw error;
    const [diagnostic] = error.diagnostics;
    if (diagnostic === undefined) throw error;
    return { checks: [...before, ...stopped(target, diagnostic, before)] };
  }
}

async function checkName(
  { host, port }: SshSettings,
  { surroundings, now }: Going,
): Promise<Check> {
  const began = now();
  try {
    const addresses = await surroundings.resolve(host);
    const found = addresses.map(oneLine).join(", ");
    return ok("name", found, { milliseconds: now() - began });
  } catch (error) {
    return failed("name", socketFailure({ host, port }, error as Error));
  }
}

async function checkPort(
  { host, port, connectTimeoutMs }: SshSettings,
  { surroundings, now, signal }: Going,
): Promise<Check> {
  const began = now();
  try {
    await surroundings.reach({ host, port }, { timeout: connectTimeoutMs, signal });
    return ok("port", `${port} takes connections`, { milliseconds: now() - began });
  } catch (error) {
    if (!(error instanceof HostKitError)) throw error;
    return failed("port", error);
  }
}

const failed = (stage: Stage, { diagnostics: [first] }: HostKitError): Check =>
  unwell(stage, first as Diagnostic);

interface Arrived {
  readonly session: Session;
  readonly reached: ReadonlyMap<
    Reached["what"],
    { readonly reached: Reached; readonly at: number }
  >;
  readonly began: number;
}

/** All stages of a way that was gone to its end. */
function came(target: ResolvedTarget, { session, reached, began }: Arrived): Check[] {
  const { hello, label } = session;
  const [login, agent] = [reached.get("login"), reached.get("agent")];
  const checks: Check[] = [];
  if (target.kind === "ssh") {
    const key = login?.reached.what === "login" ? login.reached.hostKey : undefined;
    checks.push(ok("host key", key === undefined ? "accepted" : oneLine(key)));
    checks.push(ok("login", oneLine(label), taking(login?.at, began)));
    if (target.sudo) checks.push(ok("sudo", "without a password"));
  }
  const { os, kernel, arch } = hello;
  checks.push(ok("system", [os.name, kernel, arch].map(oneLine).join(", ")));
  if (agent?.reached.what !== "agent") return checks;
  const { installed, root } = agent.reached;
  checks.push(ok("place", oneLine(root)));
  const how = installed === "cached" ? "was there" : "was uploaded";
  const found = `${oneLine(hello.version)} (${hello.agentId.slice(0, 12)}) ${how}`;
  return [...checks, ok("agent", found, taking(agent.at, login?.at ?? began))];
}

const taking = (at: number | undefined, since: number) =>
  at === undefined ? {} : { milliseconds: at - since };

/** What was reached before the failure, the failure, and what is behind it. */
function stopped(
  target: ResolvedTarget,
  diagnostic: Diagnostic,
  before: readonly Check[],
): Check[] {
  const stage = FAILED_AT.find(([code]) => code.test(diagnostic.code))?.[1] ?? "agent";
  const done = new Set<string>(before.map(({ name }) => name));
  const own = STAGES.filter((each) => belongs(each, target) && !done.has(each));
  // It may have failed at a stage that went well a moment ago, such as the port.
  const at = own.indexOf(stage);
  const isEarly = BEFORE_CONTACT.test(diagnostic.code);
  const passed = own
    .slice(0, Math.max(at, 0))
    .map((each) => (isEarly ? skipped(each) : ok(each, "passed")));
  const later = own.slice(at + 1).map((each) => skipped(each));
  return [...passed, unwell(stage, diagnostic), ...later];
}

const belongs = (stage: Stage, target: ResolvedTarget): boolean => {
  if (target.kind === "local") return ["system", "place", "agent"].includes(stage);
  return stage !== "sudo" || target.sudo;
};

const rest = (target: ResolvedTarget, before: readonly Check[]): Check[] =>
  STAGES.filter((each) => belongs(each, target) && !before.some(({ name }) => name === each)).map(
    (each) => skipped(each),
  );
