import { Socket } from "node:net";

import ssh2, { type BaseAgent, type ParsedKey } from "ssh2";

/** The one file that speaks to ssh2: what of it is used. */

export type {
  AnyAuthMethod,
  BaseAgent,
  KeyboardInteractiveAuthMethod,
  ParsedKey,
  Client as Ssh2Client,
} from "ssh2";

export const createClient = () => new ssh2.Client();

/** A key file in any of the library's formats; the error says what is wrong, also with the passphrase. */
export function parseKey(text: string, passphrase?: string): ParsedKey | Error {
  return ssh2.utils.parseKey(text, passphrase);
}

/**
 * The library's agent deals in parsed keys only; its wider type is for agents of other makers. An answer that nobody waits for any
 * more keeps no process from its end.
 */
export function createAgent(socket: string): BaseAgent<ParsedKey> {
  const agent = ssh2.createAgent(socket) as BaseAgent<ParsedKey>;
  const open = agent.getStream?.bind(agent);
  if (open !== undefined) {
    agent.getStream = (callback) =>
      open((error, stream) => {
        if (stream instanceof Socket) stream.unref();
        callback(error, stream);
      });
  }
  return agent;
}
