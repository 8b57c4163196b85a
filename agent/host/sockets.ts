import { HostFault, type LookingHost } from "./host.ts";

/** Who listens where, as proc(5) tells it in this process's own network namespace. */

export interface Address {
  readonly family: 4 | 6;
  /** Lower-case hex, in network order; all zeros is every address. */
  readonly bytes: string;
}

export interface BoundPort extends Address {
  readonly protocol: "tcp" | "udp";
  readonly port: number;
  readonly inode: string;
}

/** The process that has a socket open. */
export interface Holder {
  readonly pid: number;
  readonly program: string;
  /** The service it belongs to. */
  readonly unit: string | undefined;
}

const LIMIT = 64 * 1024 * 1024;
const TABLES = ["tcp", "tcp6", "udp", "udp6"] as const;
/** TCP_LISTEN, and of UDP what is bound and not connected; see the kernel's include/net/tcp_states.h. */
const BOUND = { tcp: "0A", udp: "07" } as const;

export async function boundPorts(host: Pick<LookingHost, "readFiles">): Promise<BoundPort[]> {
  const tables = await host.readFiles(
    TABLES.map((name) => `/proc/net/${name}`),
    { limit: LIMIT },
  );
  return TABLES.flatMap((name, index) => {
    const lines = decoded(tables[index]).split("\n");
    const protocol = name.startsWith("tcp") ? "tcp" : "udp";
    const family = name.endsWith("6") ? 6 : 4;
    return lines.flatMap((line) => {
      const [, local = "", , state, , , , , , inode] = line.trim().split(/\s+/);
      const [address = "", port = ""] = local.split(":");
      if (state !== BOUND[protocol] || inode === undefined) return [];
      const bytes = inNetworkOrder(address.toLowerCase());
      return [{ protocol, family, bytes, port: Number.parseInt(port, 16), inode }];
    });
  });
}

/** The kernel prints words of 32 bits as the machine has them: the supported ones are little-endian. */
const inNetworkOrder = (hex: string): string =>
  (hex.match(/.{8}/g) ?? [])
    .map((word) => (word.match(/../g) ?? []).toReversed().join(""))
    .join("");

const decoded = (bytes: Uint8Array | null | undefined) =>
  new TextDecoder().decode(bytes ?? new Uint8Array());

const groups = (part: string) => part.split(":").filter((group) => group !== "");

/** An address as a declaration spells it: `127.0.0.1`, `::1`. */
export function parseAddress(text: string): Address {
  if (!text.includes(":")) {
    const bytes = text.split(".").map((part) => Number(part).toString(16).padStart(2, "0"));
    return { family: 4, bytes: bytes.join("") };
  }
  const [head = "", tail] = text.split("::");
  const [before, after] = [groups(head), groups(tail ?? "")];
  const zeros = Array.from({ length: 8 - before.length - after.length }, () => "0");
  const all = [...before, ...zeros, ...after].map((group) => group.padStart(4, "0"));
  return { family: 6, bytes: all.join("").toLowerCase() };
}

export const isAny = ({ bytes }: Address): boolean => /^0+$/.test(bytes);

/** Who has each socket; nothing of those that this user can't see. All processes are looked at once. */
export async function holdersOf(
  inodes: ReadonlySet<string>,
  host: Pick<LookingHost, "list" | "inspect" | "readFiles">,
): Promise<ReadonlyMap<string, Holder>> {
  const [names] = await host.list(["/proc"]);
  const pids = (names ?? []).filter((name) => /^\d+$/.test(name));
  const found = new Map<string, Holder>();
  for (const pid of pids) {
    const own = await socketsOf(pid, host);
    const held = own.filter((inode) => inodes.has(inode) && !found.has(inode));
    if (held.length === 0) continue;
    const [comm, cgroup] = await host.readFiles([`/proc/${pid}/comm`, `/proc/${pid}/cgroup`], {
      limit: LIMIT,
    });
    const unit = /\/([^/\n]+\.service)(?:\/|$)/m.exec(decoded(cgroup))?.[1];
    for (const inode of held) {
      found.set(inode, { pid: Number(pid), program: decoded(comm).trim(), unit });
    }
  }
  return found;
}

/** A process may end, or be somebody else's. */
async function socketsOf(
  pid: string,
  host: Pick<LookingHost, "list" | "inspect">,
): Promise<string[]> {
  try {
    const [names] = await host.list([`/proc/${pid}/fd`]);
    const entries = await host.inspect(
      (names ?? []).map((name) => `/proc/${pid}/fd/${name}`),
      { digest: false },
    );
    return entries.flatMap((entry) => {
      const target = entry.type === "symlink" ? entry.target : "";
      return /^socket:\[(\d+)\]$/.exec(target)?.[1] ?? [];
    });
  } catch (error) {
    if (error instanceof HostFault) return [];
    throw error;
  }
}
