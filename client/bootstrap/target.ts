import type { HostKitError } from "../../shared/diagnostic.ts";
import type { AgentArtifact } from "./artifact.ts";
import { bootstrapFailure } from "./bootstrap-failure.ts";
import type { HostReport } from "./report.ts";

/**
 * Free space left beside the agent, for journals and pre-images. The agent itself needs its size once: it is unpacked from
 * the stream into the file that is then renamed, so the compressed form never touches the disk and no second copy exists.
 */
const HEADROOM = 64 * 1024 * 1024;
/** The oldest C library the agent's Node runtime links with: Debian 10, RHEL 8, Ubuntu 20.04. */
const MIN_GLIBC = [2, 28] as const;

const MACHINES: readonly {
  readonly target: AgentArtifact["target"];
  /** Class and machine of an ELF file as `od` prints them. */
  readonly elf: string;
  readonly names: readonly string[];
  readonly loader: string;
  readonly muslLoader: string;
}[] = [
  {
    target: "linux-x64",
    elf: "02-3e00",
    names: ["x86_64", "amd64"],
    loader: "ld-linux-x86-64.so.2",
    muslLoader: "ld-musl-x86_64.so.1",
  },
  {
    target: "linux-arm64",
    elf: "02-b700",
    names: ["aarch64", "arm64"],
    loader: "ld-linux-aarch64.so.1",
    muslLoader: "ld-musl-aarch64.so.1",
  },
];

/** The agent that fits the host, or the reason why none can be installed: found out before anything is uploaded. */
export function chooseArtifact(
  report: HostReport,
  artifacts: readonly AgentArtifact[],
): AgentArtifact {
  const machine = chooseMachine(report);
  checkLibrary(report, machine);
  checkTools(report);
  const artifact = artifacts.find((each) => each.target === machine.target);
  if (artifact === undefined)
    throw bootstrapFailure(
      "HK2102",
      `The host is a ${machine.target} machine, and this HostKit was built with agents for ${artifacts.map((each) => each.target).join(", ")} ` +
        `only. Build it with an agent for ${machine.target}.`,
    );
  checkDirectory(report);
  checkSpace(report, artifact);
  return artifact;
}

/** The programs decide, not the kernel: a 64-bit kernel with 32-bit programs has no loader for the agent. */
function chooseMachine({ values }: HostReport): (typeof MACHINES)[number] {
  const os = values.get("os") ?? "";
  const arch = values.get("arch") ?? "";
  const elf = values.get("elf") ?? "";
  if (os !== "Linux")
    throw bootstrapFailure(
      "HK2103",
      `uname -s says ${JSON.stringify(os)}. HostKit manages Linux hosts; it can be run from other systems.`,
    );
  const byName = MACHINES.find((each) => each.names.includes(arch));
  const thirtyTwo = elf.startsWith("01-") || (elf === "-" && values.get("bits") === "32");
  if (thirtyTwo && byName !== undefined)
    throw bootstrapFailure(
      "HK2104",
      `The kernel is ${arch}, but /bin/sh is a 32-bit program, so the host has a 32-bit system on a 64-bit kernel. The agent is ` +
        `a 64-bit program and would not find its libraries. Install a 64-bit system.`,
    );
  const machine = elf === "-" ? byName : MACHINES.find((each) => each.elf === elf);
  if (machine === undefined)
    throw bootstrapFailure(
      "HK2102",
      `The host's processor is ${JSON.stringify(arch)} (programs of kind ${elf}). There are agents for 64-bit x86 and 64-bit ARM.`,
    );
  return machine;
}

function checkLibrary({ values }: HostReport, machine: (typeof MACHINES)[number]): void {
  const version = /^glibc-(\d+)\.(\d+)/u.exec(values.get("libc") ?? "");
  if (version !== null) {
    const [major, minor] = [Number(version[1]), Number(version[2])];
    if (major < MIN_GLIBC[0] || (major === MIN_GLIBC[0] && minor < MIN_GLIBC[1]))
      throw unsupportedLibrary(`The host has glibc ${major}.${minor}.`);
  } else if (values.has(machine.muslLoader)) {
    throw unsupportedLibrary("The host's C library is musl, as in Alpine Linux.");
  }
  if (!values.has(machine.loader))
    throw unsupportedLibrary(`The host has no glibc program loader (${machine.loader}).`);
}

function unsupportedLibrary(what: string): HostKitError {
  return bootstrapFailure(
    "HK2105",
    `${what} The agent needs glibc ${MIN_GLIBC.join(".")} or newer, as in Debian 10, Ubuntu 20.04 and RHEL 8.`,
  );
}

function checkTools({ values }: HostReport): void {
  const missing = ["gzip", "head", "stat", "mkdir", "chmod", "mv", "rm", "sync"].filter(
    (tool) => !values.has(`has_${tool}`),
  );
  if (!values.has("has_sha256sum") && !values.has("has_openssl"))
    missing.push("sha256sum or openssl");
  if (missing.length > 0)
    throw bootstrapFailure(
      "HK2106",
      `Not found on the host: ${missing.join(", ")}. Install them (Debian and Fedora: coreutils and gzip), or check the PATH ` +
        `that the account gets for commands over SSH.`,
    );
}

function checkDirectory({ values, root, at, mount }: HostReport): void {
  const probe = values.get("exec");
  if (probe === "readonly")
    throw bootstrapFailure(
      "HK2107",
      `${root} is to hold the agent, but nothing can be written in ${at} (mounted at ${mount}): the file system is read-only, ` +
        `or the account (uid ${values.get("uid") ?? "unknown"}) lacks permission. Make it writable, or use sudo.`,
    );
  if (probe !== "ok")
    throw bootstrapFailure(
      "HK2108",
      `${root} is to hold the agent, but a program in ${at} cannot be run: the file system mounted at ${mount} is mounted ` +
        `noexec, or a policy forbids it. Remount it with exec.`,
    );
}

function checkSpace({ values, root, mount }: HostReport, artifact: AgentArtifact): void {
  const free = Number(values.get("free_k") || Number.NaN) * 1024;
  const needed = artifact.size + HEADROOM;
  if (Number.isFinite(free) && free < needed)
    throw bootstrapFailure(
      "HK2109",
      `${root} lies on ${mount}, which has ${mebibytes(free)} MiB free; the agent needs ${mebibytes(needed)} MiB. Free some ` +
        `space (df -h ${mount}).`,
    );
  // File systems without a fixed number of inodes report a total of zero.
  if (Number(values.get("inodes")) > 0 && Number(values.get("inodes_free")) < 16)
    throw bootstrapFailure(
      "HK2109",
      `${root} lies on ${mount}, which has no inodes left. Delete some files.`,
    );
}

function mebibytes(bytes: number): number {
  return Math.floor(bytes / 1024 / 1024);
}
