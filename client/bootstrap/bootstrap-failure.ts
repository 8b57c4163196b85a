import { HostKitError, type Side } from "../../shared/diagnostic.ts";

/** One fixed sentence per code, and the side it is on; user values belong in the detail. */
const BOOTSTRAP_SUMMARIES = {
  HK2100: { side: "cli", summary: "The agent binaries are missing." },
  HK2101: { side: "cli", summary: "The list of agent binaries is damaged." },
  HK2102: { side: "host", summary: "There is no agent for the host's processor." },
  HK2103: { side: "host", summary: "The host does not run Linux." },
  HK2104: { side: "host", summary: "The host's programs are 32-bit." },
  HK2105: { side: "host", summary: "The host's C library is not supported." },
  HK2106: { side: "host", summary: "Tools that the installation needs are missing on the host." },
  HK2107: { side: "host", summary: "The agent's directory cannot be written." },
  HK2108: { side: "host", summary: "The agent's directory does not allow programs to run." },
  HK2109: { side: "host", summary: "There is too little space for the agent." },
  HK2110: { side: "ssh", summary: "The command ended before the agent could start." },
  HK2111: { side: "ssh", summary: "The agent did not answer in time." },
  HK2112: { side: "ssh", summary: "The host printed too much before the agent answered." },
  HK2113: { side: "ssh", summary: "The account may not run commands." },
  HK2114: { side: "ssh", summary: "The host has no POSIX shell." },
  HK2115: { side: "host", summary: "sudo needs a terminal." },
  HK2116: { side: "host", summary: "sudo needs a password." },
  HK2117: { side: "host", summary: "The account may not use sudo." },
  HK2118: { side: "host", summary: "sudo is missing on the host." },
  HK2120: { side: "ssh", summary: "The agent could not be uploaded." },
  HK2121: { side: "host", summary: "The uploaded agent is not the one that was sent." },
  HK2122: { side: "host", summary: "The uploaded agent could not be unpacked." },
  HK2123: { side: "host", summary: "The agent's directory is not safe to run programs from." },
  HK2124: { side: "host", summary: "The agent could not be executed." },
  HK2125: { side: "host", summary: "The agent ended before it was ready." },
} as const satisfies Record<string, { side: Side; summary: string }>;

export type BootstrapCode = keyof typeof BOOTSTRAP_SUMMARIES;

export function bootstrapFailure(
  code: BootstrapCode,
  detail: string,
  options?: ErrorOptions,
): HostKitError {
  return new HostKitError(
    { severity: "error", code, ...BOOTSTRAP_SUMMARIES[code], detail },
    options,
  );
}
