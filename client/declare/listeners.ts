import type { ResourceId } from "../../shared/brands.ts";
import { callSite, type Frame } from "./call-site.ts";
import {
  addressOf,
  isListener,
  type Listener,
  listenerSchema,
  type PortListener,
  reachable,
  type SocketListener,
} from "./listener-options.ts";
import type { Recorder, Scope } from "./recorder.ts";

interface Declared {
  readonly listener: Listener;
  readonly hosts: Scope["hosts"];
  readonly frame: Frame | undefined;
}

interface Declaring {
  readonly name: string;
  readonly input: unknown;
  /** Whose it is, and what its directory below /run is called: `api`, `api-worker`. */
  readonly owner: string;
  readonly service: string;
  readonly scope: Scope;
  /** Where systemd makes directories for daemons: `/run`. */
  readonly run: string;
}

/** All that the services of a project listen on, on whichever hosts. */
export class Listeners {
  readonly #recorder: Recorder;
  readonly #declared: Declared[] = [];
  /** Sockets that are in a directory of a daemon's own, and the name of that. */
  readonly #directories = new WeakMap<object, string>();
  /** The units that answer on each. */
  readonly #answering = new Map<Listener, ResourceId[]>();

  constructor(recorder: Recorder) {
    this.#recorder = recorder;
  }

  /** A new one; as good as it can be made where it is refused. */
  declare({ name, input, owner, service, scope, run }: Declaring): Listener {
    const id = `listener:${owner}/${name}` as const;
    const named = `listener ${name} of service ${service}`;
    const parsed = this.#recorder.parse(listenerSchema(input), { name: named, input });
    const about = { id, kind: "listener", name } as const;
    if (parsed === undefined) return this.#recorder.markBroken({ ...about, ...STAND_IN });
    const frame = callSite();
    const listener: Listener = Object.freeze(
      "socket" in parsed
        ? {
            ...about,
            path: parsed.socket.startsWith("/")
              ? parsed.socket
              : `${run}/${owner}/${parsed.socket}`,
          }
        : {
            ...about,
            ...parsed,
            address: addressOf(parsed.host, parsed.port),
            url: `${parsed.protocol}://${addressOf(reachable(parsed.host), parsed.port)}`,
          },
    );
    if ("socket" in parsed && !parsed.socket.startsWith("/")) {
      this.#directories.set(listener, owner);
      if (run !== "/run") {
        const detail = `${named} would be in ${run}, but systemd makes directories for daemons in /run alone. Give its whole path, in a directory that you declare.`;
        this.#recorder.fault({ code: "HK1027", detail, frame });
      }
    }
    this.#refuseClash({ listener, hosts: scope.hosts, frame }, named);
    this.#declared.push({ listener, hosts: scope.hosts, frame });
    const noted = "port" in listener ? portOf(listener) : { path: listener.path };
    const note = { type: "listener", subject: null, service, name, ...noted } as const;
    const by: ResourceId[] = [];
    this.#answering.set(listener, by);
    this.#recorder.intent(() => (by.length === 0 ? note : { ...note, by }), scope);
    return listener;
  }

  /** Those that a daemon answers on: each is made, or exists already. */
  ofDaemon(
    given: Readonly<Record<string, unknown>>,
    { unit, ...daemon }: Omit<Declaring, "name" | "input"> & { readonly unit: ResourceId },
  ): Readonly<Record<string, Listener>> {
    const entries = Object.entries(given).map(([name, input]) => {
      const listener = isListener(input) ? input : this.declare({ ...daemon, name, input });
      this.#answering.get(listener)?.push(unit);
      return [name, listener] as const;
    });
    return Object.freeze(Object.fromEntries(entries));
  }

  /** The directory below /run that has to be made for it, if any. */
  directoryOf(listener: Listener): string | undefined {
    return this.#directories.get(listener);
  }

  #refuseClash(own: Declared, named: string): void {
    const same = this.#declared.find((other) => other.listener.id === own.listener.id);
    if (same !== undefined && shareHost(same, own)) {
      const detail = `The ${named} is declared before. Give one of them another name, or use the one that exists.`;
      this.#recorder.fault({ code: "HK1014", detail, frame: own.frame, firstFrame: same.frame });
      return;
    }
    const other = this.#declared.find(
      (each) => shareHost(each, own) && overlap(each.listener, own.listener),
    );
    if (other === undefined) return;
    const detail = `The ${named} is bound to ${placeOf(own.listener)}, and ${other.listener.id} to ${placeOf(other.listener)} on the same host, where only one program can have it. Choose another port or address for one of them, or bind their services to different hosts.`;
    this.#recorder.fault({ code: "HK1051", detail, frame: own.frame, firstFrame: other.frame });
  }
}

/** Of one that is refused. */
const STAND_IN = {
  protocol: "http",
  host: "127.0.0.1",
  port: 1,
  address: "127.0.0.1:1",
  url: "http://127.0.0.1:1",
  path: "/run/refused.sock",
} as const;

const portOf = ({ protocol, host, port }: PortListener) => ({ protocol, host, port });

const isSocket = (listener: Listener): listener is SocketListener => !("port" in listener);

const placeOf = (listener: Listener) =>
  isSocket(listener)
    ? listener.path
    : `${listener.address}${listener.protocol === "udp" ? " (UDP)" : ""}`;

/** `null` is every host. */
function shareHost({ hosts: a }: Declared, { hosts: b }: Declared): boolean {
  return a === null || b === null || a.some((host) => b.includes(host));
}

function overlap(a: Listener, b: Listener): boolean {
  if (isSocket(a) || isSocket(b)) return isSocket(a) && isSocket(b) && a.path === b.path;
  const sameTransport = (a.protocol === "udp") === (b.protocol === "udp");
  return a.port === b.port && sameTransport && covers(a.host, b.host);
}

/** On Linux `::` is every address of IPv4 too, unless a program asks for less; see ipv6(7), IPV6_V6ONLY. */
function covers(a: string, b: string): boolean {
  return a === b || isEvery(a, b) || isEvery(b, a);
}

const isEvery = (host: string, other: string) =>
  host === "::" || (host === "0.0.0.0" && !other.includes(":"));
