import type { Diagnostic } from "../../shared/diagnostic.ts";
import { parseUnit, settingOf } from "../../shared/systemd/unit-file.ts";
import {
  type BoundPort,
  boundPorts,
  type Holder,
  holdersOf,
  isAny,
  parseAddress,
} from "../host/sockets.ts";
import type { Port, PreflightContext, Step } from "./driver.ts";
import { portTaken } from "./unit-problems.ts";
import { workOf } from "./unit-batch.ts";
import { wasUp } from "./unit-state.ts";

interface Clash {
  readonly step: Step<"unit">;
  readonly port: Port;
  readonly bound: BoundPort;
  readonly isCertain: boolean;
}

/** Ports that units which are about to start are declared to listen on, and others listen on already. */
export async function takenPorts(
  steps: readonly Step<"unit">[],
  context: PreflightContext,
): Promise<Diagnostic[]> {
  const starting = steps.flatMap((step) =>
    isStarting(step) ? context.portsOf(step.resource.id).map((port) => ({ step, port })) : [],
  );
  if (starting.length === 0) return [];
  const bound = await boundPorts(context.host);
  const clashes = starting.flatMap(({ step, port }) => clashesOf({ step, port }, bound));
  if (clashes.length === 0) return [];
  const inodes = new Set(clashes.map((clash) => clash.bound.inode));
  const holders = await holdersOf(inodes, context.host);
  return clashes.flatMap((clash) => told(clash, holders.get(clash.bound.inode), context));
}

/** A network of its own has all ports free. */
const OWN_NETWORK = ["PrivateNetwork", "NetworkNamespacePath", "JoinsNamespaceOf"];

function isStarting(step: Step<"unit">): boolean {
  const { job } = workOf(step);
  if ((job !== "start" && job !== "restart") || wasUp(step.observed)) return false;
  const directives = parseUnit(step.desired.content ?? "");
  return !OWN_NETWORK.some((name) => {
    const value = settingOf(directives, "Service", name) ?? settingOf(directives, "Unit", name);
    return value !== undefined && !/^(?:no|false|off|0)?$/.test(value);
  });
}

/** Once for each unit and port: it is bound for both families more often than not. */
function clashesOf(
  { step, port }: Pick<Clash, "step" | "port">,
  bound: readonly BoundPort[],
): Clash[] {
  const wanted = parseAddress(port.host);
  const found = bound
    .filter((one) => one.port === port.port && one.protocol === port.protocol)
    .flatMap((one): Clash[] => {
      const isSame = one.family === wanted.family;
      if (isSame && !isAny(one) && !isAny(wanted) && one.bytes !== wanted.bytes) return [];
      // Whether every address of IPv6 stands for those of IPv4 as well is the program's choice.
      const isBoth = (address: typeof wanted) => address.family === 6 && isAny(address);
      if (!isSame && !isBoth(one) && !isBoth(wanted)) return [];
      // UDP may be shared.
      return [{ step, port, bound: one, isCertain: isSame && port.protocol === "tcp" }];
    });
  const worst = found.find(({ isCertain }) => isCertain) ?? found[0];
  return worst === undefined ? [] : [worst];
}

function told(
  { step, port, isCertain }: Clash,
  holder: Holder | undefined,
  { changeOf }: PreflightContext,
): Diagnostic[] {
  if (holder?.unit === step.desired.name) return [];
  const change = holder?.unit === undefined ? undefined : changeOf(`unit:${holder.unit}`);
  const stops =
    change?.action === "delete" ||
    change?.differences.some(({ field, after }) => field === "active" && after === "inactive");
  if (stops === true) return [];
  // What is started again may listen elsewhere afterwards; what systemd itself holds it may hand on.
  const isSure = isCertain && change === undefined && holder?.pid !== 1;
  return [portTaken(step.resource, { port, holder, severity: isSure ? "error" : "warning" })];
}
