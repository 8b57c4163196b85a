import type { Facts } from "../../shared/facts.ts";
import type { ResponseOf } from "../../shared/protocol/messages.ts";
import type { Paint } from "./paint.ts";
import { bytes, duration } from "./quantity.ts";
import { hostTitle } from "./host-title.ts";
import { displayWidth, oneLine } from "./text.ts";
import type { HostLabel } from "./view.ts";

type Section = keyof Facts;
/** One line for each entry: what it is called, what it is. */
type Rows = readonly (readonly [string, string])[];

/** How each section is told; a section without an entry does not compile. */
const SECTIONS: { readonly [S in Section]: (facts: Facts[S]) => Rows } = {
  host: (host) => [
    ["hostname", host.hostname],
    ["machine id", host.machineId],
    ["boot id", host.bootId],
    ["up for", duration(host.uptime * 1000)],
    ["init", host.init],
    ["virtualization", host.virtualization],
  ],
  os: (os) => [
    ["name", os.name],
    ["id", [os.id, ...os.idLike].join(", like ")],
    ["version", os.versionId],
  ],
  kernel: (kernel) => [
    ["release", kernel.release],
    ["architecture", kernel.arch],
  ],
  libc: (libc) => [[libc.family, libc.version]],
  cpu: (cpu) => [
    ["model", cpu.model],
    ["cores", String(cpu.cores)],
  ],
  memory: (memory) => [
    ["total", bytes(memory.total)],
    ["available", bytes(memory.available)],
    ["swap", memory.swapTotal === 0 ? "none" : bytes(memory.swapTotal)],
  ],
  disks: (disks) =>
    disks.map((disk) => [
      disk.mount,
      `${bytes(disk.available)} free of ${bytes(disk.size)} (${disk.device}, ${disk.type})`,
    ]),
  network: (network) =>
    network.map((link) => [
      link.name,
      [link.addresses.length === 0 ? "no address" : link.addresses.join(", "), link.mac]
        .filter((part) => part !== "")
        .join("  "),
    ]),
  users: (users) => users.map((user) => [user.name, `${user.uid}  ${user.shell}`]),
};

export function factsText(host: HostLabel, facts: ResponseOf<"facts">, paint: Paint): string[] {
  const sections = (Object.keys(SECTIONS) as Section[]).flatMap((name) => {
    const rows = rowsOf(name, facts);
    return rows === undefined ? [] : ["", ...sectionText(name, rows, paint)];
  });
  return [paint.strong(hostTitle(host)), ...sections];
}

function rowsOf<S extends Section>(name: S, facts: ResponseOf<"facts">): Rows | undefined {
  // Which members a message leaves out and which it sets to nothing is all the same here.
  const section = facts[name] as Facts[S] | undefined;
  return section === undefined ? undefined : SECTIONS[name](section);
}

function sectionText(name: Section, rows: Rows, paint: Paint): string[] {
  if (rows.length === 0) return [`${paint.strong(name)}: none`];
  const keys = rows.map(([key]) => oneLine(key));
  const width = Math.min(Math.max(...keys.map(displayWidth)), 24);
  return [
    paint.strong(name),
    ...rows.map(([, text], index) => {
      const key = keys[index] ?? "";
      const gap = " ".repeat(Math.max(width - displayWidth(key), 0) + 2);
      return `  ${paint.faint(key)}${gap}${oneLine(text) === "" ? "unknown" : oneLine(text)}`;
    }),
  ];
}
