import { isIP } from "node:net";
import * as z from "zod";
import { AbsolutePath } from "../../shared/brands.ts";

/** A port of TCP or UDP that a service answers on. */
export type PortListener = {
  readonly id: `listener:${string}`;
  readonly kind: "listener";
  readonly name: string;
  readonly protocol: Protocol;
  /** The address it is bound to: `127.0.0.1`. */
  readonly host: string;
  readonly port: number;
  /** Host and port as programs take them: `127.0.0.1:4000`, `[::1]:4000`. */
  readonly address: string;
  /** Where the host itself reaches it: `http://127.0.0.1:4000`, also when it is bound to every address. */
  readonly url: string;
};

/** A socket in the file system that a service answers on. */
export type SocketListener = {
  readonly id: `listener:${string}`;
  readonly kind: "listener";
  readonly name: string;
  readonly path: string;
};

export type Listener = PortListener | SocketListener;

export function isListener(value: unknown): value is Listener {
  return (
    typeof value === "object" && value !== null && "kind" in value && value.kind === "listener"
  );
}

const PROTOCOLS = ["http", "https", "tcp", "udp"] as const;
type Protocol = (typeof PROTOCOLS)[number];

const Port = z
  .number("must be a port from 1 to 65535")
  .refine(
    (port) => Number.isInteger(port) && port >= 1 && port <= 65_535,
    "must be a port from 1 to 65535",
  );

/** Names for what nobody likes to spell. */
const HOSTS: Readonly<Record<string, string>> = { loopback: "127.0.0.1", any: "0.0.0.0" };

const Host = z
  .string()
  .refine(
    (text) => Object.hasOwn(HOSTS, text) || (isIP(text) !== 0 && !text.includes("%")),
    'must be an IP address, such as "10.0.0.5" or "::1", or "loopback" or "any" (every address of IPv4; "::" is every address)',
  )
  .transform((text) => HOSTS[text] ?? (isIP(text) === 6 ? canonical(text) : text));

/** As RFC 5952 has it: one address has many spellings. */
function canonical(address: string): string {
  return new URL(`http://[${address}]`).hostname.slice(1, -1);
}

const PortOptions = z.strictObject({
  /** `port: 4000` */
  port: Port,
  /** The address it is bound to; the loopback one of IPv4 unless set. `host: "any"`, `host: "10.0.0.5"`, `host: "::1"` */
  host: Host.default("127.0.0.1"),
  /** What is spoken there, for its URL; `http` unless set. `protocol: "tcp"` */
  protocol: z.enum(PROTOCOLS).default("http"),
});

/** A name is one below the directory in /run that the daemon is given for it. */
const SocketName = z
  .string()
  .regex(
    /^(?!\.\.?$)[A-Za-z0-9._-]+$/,
    "must be an absolute path, such as /run/api/api.sock, or a name, such as api.sock, for one in a directory of the daemon's own",
  );

/** The name of a socket has to fit into 108 bytes, the last of them 0; see unix(7). */
const SOCKET_BYTES = 107;

const SocketOptions = z.strictObject({
  /** Where it is: `socket: "/run/api/api.sock"`, or `socket: "api.sock"` in a directory that the daemon is given below /run. */
  socket: z
    .string()
    .superRefine((text, context) => {
      const result = text.startsWith("/")
        ? AbsolutePath.safeParse(text)
        : SocketName.safeParse(text);
      for (const { message } of result.error?.issues ?? [])
        context.addIssue({ code: "custom", message });
    })
    .refine(
      (text) => encodeURIComponent(text).replaceAll(/%../g, "x").length <= SOCKET_BYTES,
      `must be at most ${SOCKET_BYTES} bytes long, which is all that fits into the address of a socket`,
    ),
});

/** A port, a port with an address, or a socket. */
export type ListenerOptions = number | z.input<typeof PortOptions> | z.input<typeof SocketOptions>;

export type ParsedListener = z.output<typeof PortOptions> | z.output<typeof SocketOptions>;

const PortAlone = Port.transform((port) => PortOptions.parse({ port }));

const Neither = z.custom<never>(
  () => false,
  'must be a port, such as 4000, { port: 4000, host: "any" }, or { socket: "api.sock" }',
);

/** The schema of what is given, by what it looks like. */
export function listenerSchema(input: unknown): z.ZodType<ParsedListener> {
  if (typeof input === "number") return PortAlone;
  if (typeof input !== "object" || input === null) return Neither;
  return "socket" in input ? SocketOptions : PortOptions;
}

/** What a daemon can be given: options of a listener, or one that exists. */
export type ListenerInput = ListenerOptions | Listener;

export type ListenerOf<Input> = Input extends Listener
  ? Input
  : Input extends { readonly socket: string }
    ? SocketListener
    : PortListener;

/** `[::1]:4000` */
export function addressOf(host: string, port: number): string {
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}

/** Nothing is reached at "every address", but at one of them. */
export function reachable(host: string): string {
  return host === "0.0.0.0" ? "127.0.0.1" : host === "::" ? "::1" : host;
}
