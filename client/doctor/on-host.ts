import { type Examination, NEEDED_PROGRAMS } from "../../shared/examination.ts";
import { bytes, count, duration } from "../view/quantity.ts";
import { oneLine } from "../view/text.ts";
import { type Check, ok, unwell } from "./check.ts";
import { complaint } from "./problems.ts";

/** What the agent found on its host. */

/** Milliseconds; certificates, tokens and timers of a cluster do not forgive more. */
const SKEW = 30_000;
/** Bytes: an agent of the next version, and the records and kept files of a few runs. */
const FREE = 256 * 1024 * 1024;
const INODES = 1000;

const NAMES = [
  "systemd",
  "clock",
  "space",
  "programs",
  "validators",
  "runs",
  "ledger",
  "key",
] as const;

/** What would have been looked at, had the agent answered. */
export const ON_HOST: readonly string[] = NAMES;

export function checkHost(found: Examination, { skew }: { readonly skew: number }): Check[] {
  return [
    systemd(found),
    clock(skew),
    space(found),
    ...programs(found),
    validators(found),
    ...runs(found),
    ledger(found),
    key(found),
  ];
}

function systemd({ systemd: found }: Examination): Check {
  if (found === null) {
    const detail =
      "The host is run by another init system. Files, accounts and links can be managed there; units, jobs and services can't, and no change that could lock you out is taken back after a reboot.";
    return unwell("systemd", complaint("HK4152", detail), "not there");
  }
  const { state, failed } = found;
  if (state === "running" || (state !== "degraded" && failed.length === 0)) {
    return ok("systemd", oneLine(state));
  }
  const units = failed.map((name) => `\n  ${oneLine(name)}`).join("");
  const detail = `systemctl is-system-running says ${oneLine(state)}. Units that failed:${units === "" ? " none by now" : units}\nsystemctl status shows why each did. HostKit works all the same.`;
  return unwell("systemd", complaint("HK4152", detail), oneLine(state));
}

function clock(skew: number): Check {
  const ahead = `${duration(Math.abs(skew))} ${skew < 0 ? "behind" : "ahead"}`;
  if (Math.abs(skew) < SKEW) return ok("clock", Math.abs(skew) < 2000 ? "the same time" : ahead);
  const detail = `The host's clock is ${ahead} of this machine's. Times of runs, of certificates and of timers are off by as much on one of the two. Compare date(1) on both, and have the clock set by timedatectl set-ntp true.`;
  return unwell("clock", complaint("HK4153", detail), ahead);
}

function space({ space: { path, free, inodes } }: Examination): Check {
  const left = `${bytes(free)} free${inodes === null ? "" : `, ${inodes} inodes`}`;
  if (free >= FREE && (inodes === null || inodes >= INODES)) return ok("space", left);
  const detail = `${path} is on a file system with ${left}. A run needs space for its records and for each file that it replaces. Free some (df -h ${path}; df -i ${path}); hostkit runs --prune removes old records.`;
  return unwell("space", complaint("HK4154", detail), left);
}

function programs({ missing, systemd: init }: Examination): Check[] {
  const [needed, useful] = [
    missing.filter((name) => isNeeded(name)),
    missing.filter((name) => !isNeeded(name) && (init !== null || !name.startsWith("systemd"))),
  ];
  if (missing.length === 0) return [ok("programs", "all there")];
  const packages =
    "In Debian, Ubuntu, Fedora and RHEL they come with the packages util-linux, coreutils, mount and systemd.";
  const told = (code: "HK4155" | "HK4156", names: readonly string[], what: string) =>
    names.length === 0
      ? []
      : [
          unwell(
            "programs",
            complaint(code, `Not found on the host: ${names.join(", ")}. ${what} ${packages}`),
            `${names.join(", ")} missing`,
          ),
        ];
  return [
    ...told("HK4155", needed, "Without them nothing can be pushed there."),
    ...told(
      "HK4156",
      useful,
      "Without them units can't be managed or checked before they are written, or files not be shown to their validators.",
    ),
  ];
}

const isNeeded = (name: string): boolean => (NEEDED_PROGRAMS as readonly string[]).includes(name);

function validators({ noViews }: Examination): Check {
  if (noViews === null) return ok("validators", "can see the host as it will be");
  const detail = `A command that has to accept a file (\`validate\`) is run in a mount namespace of its own, which can't be made there: ${oneLine(noViews)}. A push with such a file is refused. In a container, allow it (CAP_SYS_ADMIN); else push as root.`;
  return unwell("validators", complaint("HK4157", detail), "no view");
}

const runs = ({ runs: told }: Examination): Check[] =>
  told.length === 0 ? [ok("runs", "none left open")] : told.map((each) => unwell("runs", each));

function ledger({ ledger: found }: Examination): Check {
  if ("problem" in found) return unwell("ledger", found.problem);
  return ok("ledger", `${count(found.resources, "resource")} managed`);
}

function key({ key: found }: Examination): Check {
  if ("problem" in found) return unwell("key", found.problem);
  return ok("key", found.made ? "there" : "not needed yet");
}
