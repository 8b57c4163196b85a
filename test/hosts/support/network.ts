import { createHash } from "node:crypto";
import { existsSync, writeFileSync } from "node:fs";
import { runTool, runToolSync } from "./run-tool.ts";

/** One host's network: a bridge on this side and `host0` in the machine, alone together in a /30. */
export interface Subnet {
  readonly index: number;
  readonly bridge: string;
  /** This side's address. */
  readonly gateway: string;
  /** The machine's address. */
  readonly address: string;
  readonly prefixLength: number;
}

/** A /16 cut into /30s. */
export const subnetCount = 16_384;
const networkPrefix = "10.213";
const prefixLength = 30;

export function subnetAt(index: number): Subnet {
  const offset = index * 4;
  const at = (n: number): string =>
    `${networkPrefix}.${Math.floor((offset + n) / 256)}.${(offset + n) % 256}`;
  return { index, bridge: `hkt${index}`, gateway: at(1), address: at(2), prefixLength };
}

/** Where the search for a free subnet starts, so that a host tends to get the same address in each run. */
export function preferredIndex(name: string): number {
  return createHash("sha256").update(name).digest().readUInt32BE(0) % subnetCount;
}

/** False when somebody else on this machine already routes (part of) the subnet. */
export async function subnetIsFree(subnet: Subnet): Promise<boolean> {
  const routes = await runTool("ip", ["-o", "-4", "route", "show", "root", network(subnet)]);
  return routes.trim() === "" && !existsSync(`/sys/class/net/${subnet.bridge}`);
}

/**
 * Makes this side of the network. A bridge instead of a bare veth, because systemd-nspawn makes a new veth at each boot:
 * the bridge keeps its address, so a machine can restart by itself and be reachable again.
 */
export async function createBridge(subnet: Subnet): Promise<void> {
  const { bridge } = subnet;
  await runTool("ip", ["link", "add", bridge, "type", "bridge"]);
  await runTool("ip", ["address", "add", `${subnet.gateway}/${prefixLength}`, "dev", bridge]);
  // An unanswered ARP request is repeated after a second by default: most of a machine's boot time.
  writeFileSync(`/proc/sys/net/ipv4/neigh/${bridge}/retrans_time_ms`, "20");
  await runTool("ip", ["link", "set", bridge, "up"]);
}

/** Removes what `createBridge` and the machine left, as far as it exists. */
export function deleteBridge(subnet: Subnet): void {
  // Both ends of a veth vanish with the machine's network namespace, but some time later.
  for (const link of [`vb-${subnet.bridge}`, subnet.bridge]) {
    if (!existsSync(`/sys/class/net/${link}`)) continue;
    try {
      runToolSync("ip", ["link", "delete", link]);
    } catch (error) {
      if (existsSync(`/sys/class/net/${link}`)) throw error;
    }
  }
}

function network(subnet: Subnet): string {
  const offset = subnet.index * 4;
  return `${networkPrefix}.${Math.floor(offset / 256)}.${offset % 256}/${subnet.prefixLength}`;
}
