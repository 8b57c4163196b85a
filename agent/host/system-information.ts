import si from "systeminformation";
import type { Facts } from "../../shared/facts.ts";

/** Facts that need many sources of a Linux system; the only file that knows the library which reads them. */

export async function readCpu(): Promise<Facts["cpu"]> {
  const { manufacturer, brand, cores } = await si.cpu();
  return { model: `${manufacturer} ${brand}`.trim(), cores };
}

export async function readMemory(): Promise<Facts["memory"]> {
  const { total, available, swaptotal } = await si.mem();
  return { total, available, swapTotal: swaptotal };
}

export async function readDisks(): Promise<Facts["disks"]> {
  const disks = await si.fsSize();
  return disks.map(({ mount, fs, type, size, available }) => ({
    mount,
    device: fs,
    type,
    size,
    available,
  }));
}

export async function readNetwork(): Promise<Facts["network"]> {
  const found = await si.networkInterfaces();
  return (Array.isArray(found) ? found : [found]).map(({ iface, mac, ip4, ip6 }) => ({
    name: iface,
    mac,
    addresses: [ip4, ip6].filter((address) => address !== ""),
  }));
}
