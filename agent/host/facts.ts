import * as fs from "node:fs";
import { arch, hostname, release, uptime } from "node:os";
import type { Facts, FactSection } from "../../shared/facts.ts";
import type { Hello } from "../../shared/protocol/messages.ts";
import { createLinuxHost } from "./linux.ts";
import { readNames } from "./names.ts";

/** Text of a small file of the system, or nothing where there is none. */
function read(path: string): string {
  try {
    return fs.readFileSync(path, "utf8").trim();
  } catch {
    return "";
  }
}

/** os-release(5): shell-like assignments, quoted or not. */
export function parseOsRelease(text: string): Facts["os"] {
  const fields = new Map<string, string>();
  for (const line of text.split("\n")) {
    const match = /^([A-Z_]+)=(?:"(.*)"|'(.*)'|(.*))$/.exec(line.trim());
    if (match !== null) fields.set(match[1] ?? "", match[2] ?? match[3] ?? match[4] ?? "");
  }
  return {
    id: fields.get("ID") ?? "linux",
    versionId: fields.get("VERSION_ID") ?? "",
    name: fields.get("PRETTY_NAME") ?? fields.get("NAME") ?? "Linux",
    idLike: (fields.get("ID_LIKE") ?? "").split(" ").filter((id) => id !== ""),
  };
}

/** sd_booted(3): this directory exists exactly when systemd is the init system. */
const initSystem = (): Facts["host"]["init"] =>
  fs.existsSync("/run/systemd/system") ? "systemd" : "other";

/** What tells this machine from others, and this boot of it from the next. */
export const readIdentity = () => ({ machineId: machineId(), bootId: bootId() });

const machineId = () => read("/etc/machine-id") || read("/var/lib/dbus/machine-id");
const bootId = () => read("/proc/sys/kernel/random/boot_id");
const osRelease = () => parseOsRelease(read("/etc/os-release") || read("/usr/lib/os-release"));

/** The few facts every session begins with; no process and no slow library, since the client waits for them. */
export function readHello(identity: Pick<Hello, "protocol" | "version" | "agentId">): Hello {
  return {
    ...identity,
    uid: process.getuid?.() ?? 0,
    hostname: hostname(),
    machineId: machineId(),
    bootId: bootId(),
    kernel: release(),
    arch: arch(),
    os: osRelease(),
    init: initSystem(),
    time: Date.now(),
  };
}

type Reader<S extends FactSection> = () => Promise<Facts[S]>;

/** How to learn each section; systeminformation is loaded only when one that needs it is asked for. */
const READERS: { readonly [S in FactSection]: Reader<S> } = {
  host: async () => ({
    hostname: hostname(),
    machineId: machineId(),
    bootId: bootId(),
    uptime: Math.floor(uptime()),
    init: initSystem(),
    virtualization: await virtualization(),
  }),
  os: async () => osRelease(),
  kernel: async () => ({ release: release(), arch: arch() }),
  libc: async () => libc(),
  cpu: async () => (await import("./system-information.ts")).readCpu(),
  memory: async () => (await import("./system-information.ts")).readMemory(),
  disks: async () => (await import("./system-information.ts")).readDisks(),
  network: async () => (await import("./system-information.ts")).readNetwork(),
  users: async () => {
    const { users } = await readNames(createLinuxHost());
    return [...users.values()].map(({ name, uid, shell }) => ({ name, uid, shell }));
  },
};

/** The sections asked for; all of them when none is named. */
export async function readFacts({
  only,
}: {
  readonly only: readonly FactSection[];
}): Promise<Partial<Facts>> {
  const sections = only.length > 0 ? only : (Object.keys(READERS) as FactSection[]);
  const values = await Promise.all(sections.map(async (s) => [s, await READERS[s]()] as const));
  return Object.fromEntries(values);
}

/** The C library this very process runs on, as Node's report tells it. */
function libc(): Facts["libc"] {
  const report = process.report?.getReport() as
    | { header?: { glibcVersionRuntime?: string } }
    | undefined;
  const version = report?.header?.glibcVersionRuntime;
  return version === undefined ? { family: "unknown", version: "" } : { family: "glibc", version };
}

async function virtualization(): Promise<string> {
  const { stdout } = await createLinuxHost()
    .run(["systemd-detect-virt"], { timeout: 5000 })
    .catch(() => ({ stdout: "" }));
  return stdout.trim() || "unknown";
}
