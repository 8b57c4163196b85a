import type { BootstrapCode } from "./bootstrap-failure.ts";
import type { Elevation } from "./scripts.ts";

/** Messages of programs in our way, which the person can do something about. */
export const KNOWN_MESSAGES: readonly {
  readonly pattern: RegExp;
  /** Only when this was asked for. */
  readonly elevate?: Elevation;
  readonly code: BootstrapCode;
  readonly detail: (found: string) => string;
}[] = [
  {
    pattern: /please log ?in as the user "?([\w.-]+)"?/iu,
    code: "HK2113",
    detail: (user) =>
      `the host runs no commands for this account and says to log in as ${user}. Set user to ${user}, and sudo for root's rights.`,
  },
  {
    pattern: /account is (?:currently )?(?:not available|disabled|locked)/iu,
    code: "HK2113",
    detail: () =>
      "the account's login shell refuses commands. Use another account, or give it a shell.",
  },
  {
    pattern: /you must have a tty|requiretty/iu,
    elevate: "sudo",
    code: "HK2115",
    detail: () =>
      "sudo insists on a terminal, which would change binary data on its way. Add to sudoers, with visudo: Defaults:USER !requiretty",
  },
  {
    pattern: /password is required|authentication is required|no tty present|no askpass program/iu,
    elevate: "sudo",
    code: "HK2116",
    detail: () =>
      "sudo asks this account for a password. Allow it without, with visudo: USER ALL=(root) NOPASSWD: ALL (it says the same when sudoers does not name the account at all). Or log in as root.",
  },
  {
    pattern:
      /not in the sudoers file|is not allowed to (?:execute|run)|may not run sudo|afraid I can't do that/iu,
    elevate: "sudo",
    code: "HK2117",
    detail: () =>
      "sudoers does not let this account run /bin/sh as root. Allow it, or log in as root.",
  },
  {
    pattern: /sudo:? (?:command )?not found|sudo: No such file|unknown command:? sudo/iu,
    elevate: "sudo",
    code: "HK2118",
    detail: () => "sudo was asked for, but is not installed. Install it, or log in as root.",
  },
  {
    pattern: /(GLIBC(?:XX)?_[\d.]+)'? not found/u,
    code: "HK2105",
    detail: (version) =>
      `the agent needs ${version}, which the host's libraries lack. Upgrade the host to glibc 2.28 or newer.`,
  },
  {
    pattern: /no space left|disk quota exceeded/iu,
    code: "HK2109",
    detail: () =>
      "the file system of the agent's directory is full. Free some space; nothing was left behind.",
  },
  {
    pattern:
      /is not recognized as|The term .* is not recognized|unknown command|invalid input detected/iu,
    code: "HK2114",
    detail: () =>
      "the other side does not know /bin/sh. It is not a Linux host, or offers a restricted shell.",
  },
];
