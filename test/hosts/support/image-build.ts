import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { formatDeb822, readAptSources, sourcesFor } from "./apt-sources.ts";
import { runTool } from "./run-tool.ts";

const suite = "bookworm";
const packages = [
  "systemd",
  "systemd-sysv",
  "dbus",
  "openssh-server",
  "iproute2",
  "ca-certificates",
  "sudo",
  "nftables",
  "udev",
  "passwd",
  "procps",
];

/** Run by mmdebstrap with the root as `$1`. What differs between hosts is left to `provision.ts`. */
const customizeHooks = [
  // The machine's own apt options may hold credentials for its mirror.
  'rm -f "$1/etc/apt/apt.conf.d/99mmdebstrap"',
  // Copied from this machine by mmdebstrap; a bare host has no resolver.
  'rm -f "$1/etc/resolv.conf"',
  // A key shared by all hosts would hide mistakes in host-key checking.
  'rm -f "$1"/etc/ssh/ssh_host_*',
  'systemctl --root "$1" enable systemd-networkd ssh',
  // Timers of apt would start downloads of their own, at random times, on a host without a network.
  'systemctl --root "$1" mask apt-daily.timer apt-daily-upgrade.timer',
];

/** Everything that decides what is in the image; its digest names the cached one. */
export const imageRecipe = { suite, packages, customizeHooks, architecture: process.arch } as const;

/** Builds the root as a tar file with mmdebstrap, from the mirror that this machine's apt uses. Takes 20 to 40 s. */
export async function buildImage(tarFile: string): Promise<void> {
  const sources = sourcesFor(suite, readAptSources());
  if (sources.length === 0)
    throw new Error(
      `No source of Debian packages in /etc/apt/sources.list or /etc/apt/sources.list.d: the image of the test hosts is Debian ${suite}, ` +
        "and is built from the mirror that this machine's apt uses. Add a source for it there.",
    );
  const temporary = mkdtempSync(join(tmpdir(), "hostkit-image-"));
  try {
    const sourcesFile = join(temporary, "mirror.sources");
    const optionsFile = join(temporary, "apt.conf");
    writeFileSync(sourcesFile, formatDeb822(sources));
    writeFileSync(optionsFile, transferOptions());
    await runTool(
      "mmdebstrap",
      [
        "--variant=minbase",
        "--format=tar",
        `--include=${packages.join(",")}`,
        `--aptopt=${optionsFile}`,
        ...customizeHooks.map((hook) => `--customize-hook=${hook}`),
        suite,
        tarFile,
        sourcesFile,
      ],
      { timeoutMs: 600_000, environment: { ...process.env, LC_ALL: "C.UTF-8" } },
    );
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
}

/** How this machine's apt reaches its mirror (proxy, certificates, login): mmdebstrap does not look at /etc/apt by itself. */
function transferOptions(): string {
  const dump = execFileSync("apt-config", ["dump"], { encoding: "utf8" });
  const transfer = dump
    .split("\n")
    .filter((line) => /^Acquire::(?!Changelogs|IndexTargets|Languages)\S+ "/.test(line));
  return [
    ...transfer,
    'Dir::Etc::netrc "/etc/apt/auth.conf";',
    'Dir::Etc::netrcparts "/etc/apt/auth.conf.d";',
    "",
  ].join("\n");
}
