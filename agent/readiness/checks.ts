import type { UnitName } from "../../shared/brands.ts";
import { type Checks, type LogCheck } from "../../shared/checks/checks.ts";
import { describeChecks } from "../../shared/checks/describe-checks.ts";
import { type Host, HostFault, type Listening, type ProbeOptions } from "../host/host.ts";
import { journalSince, said } from "../host/systemctl.ts";
import { describeRun, keepsRunning, type RunState } from "../resources/unit-state.ts";
import { asksHttp } from "./http.ts";
import { silence } from "./silence.ts";
import type { UnitsSeen } from "./units.ts";

interface Limits extends ProbeOptions {
  readonly units: UnitsSeen;
  /** Milliseconds until nobody waits any more. */
  readonly left: number;
}

/** Asks once: nothing where it passes, else why it does not, in words that go on after what was asked. */
export type Ask = (limits: Limits) => Promise<string | undefined>;

export interface Check {
  /** What is asked: `http http://127.0.0.1:4000/health`. */
  readonly text: string;
  readonly ask: Ask;
}

/** Each of what is asked for, with a memory of its own from one look to the next. */
export function checksOf(checks: Checks, host: Host): Check[] {
  const { http, tcp, socket, unit, command, log } = checks;
  const asks: Readonly<Record<keyof Checks, Ask | undefined>> = {
    http: http && asksHttp(http, host),
    tcp: tcp && connects(tcp, host),
    socket: socket === undefined ? undefined : connects({ path: socket }, host),
    unit: unit && stays(unit),
    command: command && succeeds(command, host),
    log: log && says(log, host),
  };
  return describeChecks(checks).flatMap(({ field, text }) => {
    const ask = asks[field];
    return ask === undefined ? [] : [{ text: `${field} ${text}`, ask }];
  });
}

function connects(to: Listening, host: Host): Ask {
  return async (limits) => {
    const answer = await host.probe({ type: "connect", to }, limits);
    return answer.type === "none" ? silence(answer.code, limits) : undefined;
  };
}

/** Milliseconds that a unit has to be the same process: one that dies of what it lacks mostly does so sooner. */
const STEADY = 2000;

function stays(name: UnitName): Ask {
  let first: { readonly state: RunState; readonly at: number } | undefined;
  return async ({ units }) => {
    const state = units.states.get(name);
    if (state === undefined) return "is unknown, since systemd does not answer";
    if (first === undefined || !keepsRunning(first.state, state)) {
      first = { state, at: performance.now() };
    }
    if (!keepsRunning(state, state)) return `does not run: ${describeRun(state)}`;
    return performance.now() - first.at < STEADY ? "was started a moment ago" : undefined;
  };
}

/** Milliseconds that one run of a command may take. */
const COMMAND = 30_000;

function succeeds(argv: readonly [string, ...string[]], host: Host): Ask {
  return async (limits) => {
    try {
      const timeout = Math.min(limits.left, COMMAND);
      const { status, signal, stderr } = await host.run(argv, { timeout, signal: limits.signal });
      if (status === 0) return undefined;
      if (status === null) return `did not end in time and was killed (${signal ?? ""})`;
      const last = said(stderr).split("\n").at(-1)?.slice(0, 200) ?? "";
      return `ended with status ${status}${last === "" ? "" : ` and said: ${last}`}`;
    } catch (error) {
      if (!(error instanceof HostFault)) throw error;
      return `could not be started (${error.code})`;
    }
  };
}

function says({ unit, contains, matches }: LogCheck, host: Host): Ask {
  const pattern = matches === undefined ? undefined : new RegExp(matches, "u");
  const isIt = (line: string) =>
    pattern === undefined ? line.includes(contains ?? "") : pattern.test(line);
  return async ({ units }) => {
    const invocation = unit && units.states.get(unit)?.InvocationID;
    if (!invocation) return "has no journal yet: the unit was not started";
    const lines = await journalSince(host, invocation);
    if (lines.some(isIt)) return undefined;
    return `has no such line among the ${lines.length} since the unit was started`;
  };
}
