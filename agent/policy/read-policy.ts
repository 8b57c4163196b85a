import { type Diagnostic, HostKitError } from "../../shared/diagnostic.ts";
import type { Host } from "../host/host.ts";
import { parsePolicy, type Policy, POLICY_PATH } from "./policy.ts";
import { readRootsOwn } from "./roots-own.ts";

/** A policy with all that it names. */
export interface HostPolicy extends Policy {
  /** The text of the file of allowed signers, where signatures are demanded. */
  readonly allowedSigners?: string;
}

/**
 * What the host lets HostKit do; `null` where it says nothing of it, and to an agent that is not root, which can do no more than its
 * user. A policy that can't be trusted or understood is thrown: it is never guessed.
 */
export async function readPolicy(host: Host): Promise<HostPolicy | null> {
  if (host.uid !== 0) return null;
  const read = await readRootsOwn(host, POLICY_PATH);
  if ("fault" in read) {
    throw stopped(problem("HK4110", "The host's policy can't be trusted."), read.fault);
  }
  if (read.text === null) return null;
  const parsed = parsePolicy(read.text);
  if ("fault" in parsed) {
    const fault = `${POLICY_PATH}: ${parsed.fault}`;
    throw parsed.isNewer === true
      ? stopped(problem("HK4112", "The host's policy was written for a newer HostKit."), fault)
      : stopped(problem("HK4111", "The host's policy can't be understood."), fault);
  }
  const { policy } = parsed;
  if (policy.signatures === undefined) return policy;
  const list = await readRootsOwn(host, policy.signatures.allowedSigners);
  if ("fault" in list) throw unusableSigners(list.fault);
  if (list.text === null) {
    throw unusableSigners(`${policy.signatures.allowedSigners} does not exist`);
  }
  return { ...policy, allowedSigners: list.text };
}

export function unusableSigners(fault: string): HostKitError {
  return stopped(problem("HK4116", "The host's list of allowed signers can't be used."), fault);
}

const problem = (code: Diagnostic["code"], summary: string) =>
  ({ severity: "error", side: "host", code, summary }) as const;

function stopped(what: ReturnType<typeof problem>, fault: string): HostKitError {
  const detail = `${fault}. What HostKit may change on this host can't be told, so nothing is. Put it right on the host, as root.`;
  return new HostKitError({ ...what, detail });
}
