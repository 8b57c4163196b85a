import type { HostKitError } from "../../shared/diagnostic.ts";
import { cliFault } from "./faults.ts";

/** What `--ssh` was given. */
export interface SshAddress {
  readonly user: string | undefined;
  readonly host: string;
  readonly port: number | undefined;
}

/** The error for a text that is no address, for one reason or another. */
type Malformed = (text: string, why: string) => HostKitError;

/** A name or IPv4 address; a leading dash would be read as an option by programs it is given to. */
const NAME = /^[A-Za-z0-9_][A-Za-z0-9._-]*$/;
const IPV6 = /^[0-9A-Fa-f:.]+(?:%[A-Za-z0-9._-]+)?$/;
const USER = /^[A-Za-z0-9_][A-Za-z0-9._\\@-]*$/;

/** `user@host`, `host:2222`, `root@[2001:db8::7]:22`. As for ssh(1), the last `@` ends the user. */
export function parseAddress(text: string, malformed: Malformed = malformedFlag): SshAddress {
  if (text.includes("://")) {
    throw malformed(text, "it is a URL; leave out what is before the user or host");
  }
  const at = text.lastIndexOf("@");
  const user = at < 0 ? undefined : text.slice(0, at);
  if (user !== undefined && !USER.test(user))
    throw malformed(text, "the part before @ is not a user name");
  const rest = text.slice(at + 1);
  return {
    user,
    ...(rest.startsWith("[") ? bracketed(text, rest, malformed) : plain(text, rest, malformed)),
  };
}

function bracketed(text: string, rest: string, malformed: Malformed): Omit<SshAddress, "user"> {
  const match = /^\[([^\]]*)\](?::(.*))?$/.exec(rest);
  const host = match?.[1] ?? "";
  if (match === null || !IPV6.test(host) || !host.includes(":")) {
    throw malformed(text, "brackets hold an IPv6 address, such as [2001:db8::7]");
  }
  return { host, port: match[2] === undefined ? undefined : portOf(text, match[2], malformed) };
}

function plain(text: string, rest: string, malformed: Malformed): Omit<SshAddress, "user"> {
  const colons = rest.split(":").length - 1;
  if (colons > 1) throw malformed(text, `an IPv6 address needs brackets, such as [${rest}]`);
  const [host = "", port] = rest.split(":");
  if (!NAME.test(host))
    throw malformed(
      text,
      host === "" ? "the host is missing" : "the host is not a name or an address",
    );
  return { host, port: port === undefined ? undefined : portOf(text, port, malformed) };
}

function portOf(text: string, written: string, malformed: Malformed): number {
  const port = /^\d{1,5}$/.test(written) ? Number(written) : 0;
  if (port < 1 || port > 65_535) throw malformed(text, "the port must be a number from 1 to 65535");
  return port;
}

function malformedFlag(text: string, why: string) {
  return cliFault(
    "HK5003",
    `--ssh was given ${JSON.stringify(text)}: ${why}. It takes USER@HOST, HOST:PORT or USER@[IPv6]:PORT.`,
  );
}
