import type { Reach } from "../../shared/artifact.ts";
import type { Target } from "../operate/target.ts";
import type { Session } from "../session.ts";

/** Where a host was reached, without anything of how this operator logs in. */
export function reachOf({ reach }: Target, { hostKey = "" }: Pick<Session, "hostKey">): Reach {
  if (reach.kind === "local") return { kind: "local" };
  const { host, port = 22, user } = reach.endpoint;
  return { kind: "ssh", host, port, user, sudo: reach.sudo, hostKey };
}

/**
 * The host that a saved plan was made on, reached as it was then; how to log in is as ssh(1) would have it. `isTrusted`: the host
 * key in it may stand for one that is known here.
 */
export function targetOf(name: string, reach: Reach, isTrusted = false): Target {
  if (reach.kind === "local") return { name, flags: "--local", reach: { kind: "local" } };
  const { host, port, user, sudo, hostKey } = reach;
  const address = `${user}@${host.includes(":") ? `[${host}]` : host}:${port}`;
  const endpoint = { host, port, user, ...(isTrusted ? { hostKey } : {}) };
  return { name, flags: `--ssh ${address}`, reach: { kind: "ssh", name, endpoint, sudo } };
}
