import { access } from "node:fs/promises";
import { join } from "node:path";
import { findProgram } from "./command.ts";
import { buildError } from "./failure.ts";
import type { Target } from "./targets.ts";

interface Toolchain {
  readonly arch: NodeJS.Architecture;
  readonly triplet: string;
  readonly emulators: readonly string[];
  readonly stripPackage: string;
  readonly emulatorPackages: string;
}

/** Debian's names; the tools are the same elsewhere. GNU strip knows only the machine it was built for, so each target has its own. */
const TOOLCHAINS: Readonly<Record<Target, Toolchain>> = {
  "linux-x64": {
    arch: "x64",
    triplet: "x86_64-linux-gnu",
    emulators: ["qemu-x86_64-static", "qemu-x86_64"],
    stripPackage: "binutils-x86-64-linux-gnu",
    emulatorPackages: "qemu-user-static libstdc++6-amd64-cross",
  },
  "linux-arm64": {
    arch: "arm64",
    triplet: "aarch64-linux-gnu",
    emulators: ["qemu-aarch64-static", "qemu-aarch64"],
    stripPackage: "binutils-aarch64-linux-gnu",
    emulatorPackages: "qemu-user-static libstdc++6-arm64-cross",
  },
};

/** The program that strips this target's binaries. */
export async function stripProgram(target: Target): Promise<string> {
  const { triplet, arch, stripPackage } = TOOLCHAINS[target];
  const names = [`${triplet}-strip`, ...(arch === process.arch ? ["strip"] : [])];
  const program = await findProgram(names);
  if (program === undefined) {
    throw buildError({
      code: "HK8001",
      detail: `Stripping the ${target} runtime takes \`${names[0]}\`, which is not on PATH. Debian and Ubuntu have it in the package ${stripPackage} (apt-get install ${stripPackage}). ${otherwise()}`,
    });
  }
  return program;
}

/** Program and first arguments that run a binary. */
export type Launcher = (binary: string) => readonly [string, ...string[]];

/**
 * How to run one of this target's binaries here: as it is when the processor is the target's, else by user-mode qemu with the
 * target's C library. QEMU_LD_PREFIX names another root for that library.
 */
export async function launcher(target: Target): Promise<Launcher> {
  const { arch, triplet, emulators, emulatorPackages } = TOOLCHAINS[target];
  if (process.platform !== "linux") {
    throw buildError({
      code: "HK8007",
      detail: `An agent carries code compiled ahead of time by its own Linux runtime, and that runtime cannot run on ${process.platform}. Build on Linux; \`npm run build:client\` works everywhere.`,
    });
  }
  if (arch === process.arch) return (binary) => [binary];
  const emulator = await findProgram(emulators);
  const root = process.env["QEMU_LD_PREFIX"] ?? `/usr/${triplet}`;
  const library = join(root, "lib/libstdc++.so.6");
  if (emulator !== undefined && (await exists(library))) {
    return (binary) => [emulator, "-L", root, binary];
  }
  const missing = emulator === undefined ? `\`${emulators[0]}\` on PATH` : library;
  throw buildError({
    code: "HK8001",
    detail: `Compiling the ${target} agent's code ahead of time means to run its runtime under qemu here, and that takes ${missing}. Debian and Ubuntu have what is needed in these packages: apt-get install ${emulatorPackages}. ${otherwise()}`,
  });
}

function otherwise(): string {
  const own = Object.entries(TOOLCHAINS).find(([, { arch }]) => arch === process.arch)?.[0];
  return own === undefined
    ? "Or build the client alone: npm run build:client."
    : `Or build for this machine's own kind only: npm run build -- --target ${own}.`;
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
