import type { AgentAnswer } from "./auth/prepare.ts";
import { errorText } from "./error-text.ts";
import { type BaseAgent, createAgent, type ParsedKey } from "./ssh2.ts";

/** The SSH agent of whoever runs HostKit. */

/** Milliseconds to say which keys it has. */
const LIST_TIMEOUT = 5_000;

export interface KeyAgent extends AgentAnswer {
  readonly agent: BaseAgent<ParsedKey>;
  readonly parsed: readonly ParsedKey[];
}

export function askAgent(socket: string, timeout = LIST_TIMEOUT): Promise<KeyAgent> {
  const agent = createAgent(socket);
  return new Promise((resolve) => {
    const inTrouble = (why: string): void => {
      clearTimeout(timer);
      const trouble = `the SSH agent at ${socket} could not be asked: ${why}`;
      resolve({ agent, parsed: [], keys: [], trouble });
    };
    const timer = setTimeout(() => inTrouble("no answer"), timeout);
    agent.getIdentities((error, found) => {
      if (error !== undefined && error !== null) return inTrouble(errorText(error));
      clearTimeout(timer);
      const parsed = (found ?? []) as ParsedKey[];
      const keys = parsed.map((each) => ({
        publicKey: each.getPublicSSH(),
        keyType: each.type,
        comment: each.comment,
      }));
      return resolve({ agent, parsed, keys });
    });
  });
}

/** An agent that shows one of its keys only, so that the order of all credentials stays ours. */
export function oneKeyOf({ agent, parsed }: KeyAgent, publicKey: Buffer): BaseAgent {
  const only = parsed.filter((each) => each.getPublicSSH().equals(publicKey));
  const view = Object.create(agent) as BaseAgent<ParsedKey>;
  view.getIdentities = (callback) => callback(null, only);
  return view;
}

/**
 * Has the agent sign by one of its keys: what a signature on the wire has behind its algorithm. RSA hashes with SHA-512. It may
 * ask a person first, so it gets time; `null` when that is over.
 */
export function signByAgent(
  { agent }: Pick<KeyAgent, "agent">,
  { key, data, timeout }: SignByAgent,
): Promise<Buffer | Error | null> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(null), timeout);
    agent.sign(key, Buffer.from(data), { hash: "sha512" }, (error, signature) => {
      clearTimeout(timer);
      resolve(signature ?? error ?? new Error("it gave no signature"));
    });
  });
}

interface SignByAgent {
  readonly key: ParsedKey;
  readonly data: Uint8Array;
  /** Milliseconds. */
  readonly timeout: number;
}
