import { EXIT } from "../../cli/exit-code.ts";
import { ends, type Pages } from "../page.ts";

const TOLD = ends("Unchanged. It is a warning: the command goes on, and ends as it would without.");
const CHECKED = ends("Unchanged. A check of `hostkit doctor` failed.", EXIT.failed);

/** What audits and checkups find, of hosts and of the machine that HostKit runs on. */
export const looking: Pages = {
  HK4150: {
    title: "The host's key is gone.",
    means:
      "Digests of secrets were made with a key in the agent's directory. The ledger has such digests, and the key is no longer there, so an audit can't tell whether secrets are as they were applied.",
    causes: [
      "The agent's directory was moved, cleaned or restored in part.",
      "The host is a copy that was made without it.",
    ],
    steps: [
      "Put the file `key` back into the agent's directory from a backup.",
      "Without one, push: a new key is made, and each secret counts as changed once.",
    ],
    host: TOLD,
    see: ["HK4095", "HK4098"],
  },
  HK4151: {
    title: "What was applied last can't be understood.",
    means:
      "The ledger remembers how a resource was declared last, in a form that this version does not know. An audit can't tell whether the host or the declaration changed, and lists it as not yet applied.",
    causes: ["Another version of HostKit applied it.", "Somebody edited the ledger."],
    steps: [
      "Use the HostKit that applied it; `hostkit runs --host NAME` tells when that was.",
      "Or push: what is declared now is then what is remembered.",
    ],
    host: TOLD,
    see: ["HK4056", "HK4051"],
  },
  HK4152: {
    title: "systemd does not run the host as it should.",
    means:
      "systemd is not the init system of the host, or says that it is not in order: units failed, or it is still starting or going down. HostKit works with what there is; the message names the units.",
    causes: ["A service failed some time ago.", "The host is a container without systemd."],
    steps: [
      "Look at each unit that is named with `systemctl status NAME`, and mend it.",
      "Forget old failures with `systemctl reset-failed`.",
    ],
    host: TOLD,
    see: ["HK4300"],
  },
  HK4153: {
    title: "The host's clock is not this machine's.",
    means:
      "The clocks of the host and of the machine that HostKit runs on differ by more than half a minute. Times of runs, certificates, tokens and timers are off by as much on one of the two.",
    causes: ["No time service runs on one of them.", "A virtual machine was paused."],
    steps: [
      "Compare `date` on both.",
      "Have the clock set: `timedatectl set-ntp true`, with systemd-timesyncd or chrony installed.",
    ],
    host: TOLD,
  },
  HK4154: {
    title: "Little space is left on the host.",
    means:
      "The file system that the agent's directory is on has less than 256 MiB or a thousand inodes left. Runs keep their records and the files that they replace there, and refuse when that does not fit.",
    causes: ["Logs, caches or images filled it.", "Many small files used up its inodes."],
    steps: [
      "Look with `df -h` and `df -i`, and free some.",
      "Remove records of old runs: `hostkit runs --host NAME --prune`.",
    ],
    host: TOLD,
    see: ["HK2109"],
  },
  HK4155: {
    title: "A program that every push needs is missing on the host.",
    means:
      "Each run holds a lock with flock(1), and keeps what belongs to a file with cp(1). One of them is in none of the directories where programs are looked for.",
    causes: ["A minimal image was made without util-linux or coreutils.", "It is busybox's own."],
    steps: ["Install it on the host: the packages are `util-linux` and `coreutils`."],
    host: CHECKED,
    see: ["HK2106"],
  },
  HK4156: {
    title: "A program that some pushes need is missing on the host.",
    means:
      "Units are managed with systemctl(1) and checked with systemd-analyze(1); files are shown to their validators with unshare(1) and mount(8). The message names those that are missing.",
    causes: ["A minimal image.", "A container that is not run by systemd."],
    steps: [
      "Install what is named, from the packages `systemd`, `util-linux` and `mount`.",
      "Or leave it: what does not need them can be pushed.",
    ],
    host: TOLD,
    see: ["HK4155", "HK4152"],
  },
  HK4157: {
    title: "Validators can't be given a view of the host.",
    means:
      "A command that has to accept a file before anything is changed is run in a mount namespace of its own, which could not be made. Files without `validate` are not concerned.",
    causes: [
      "The login is not root's, and no sudo is declared.",
      "The host is a container that may not mount.",
    ],
    steps: [
      "Log in as root, or declare `ssh: { sudo: true }`.",
      "In a container, allow it to mount (CAP_SYS_ADMIN), or do without `validate` there.",
    ],
    host: TOLD,
    see: ["HK4031"],
  },
  HK4158: {
    title: "A run is changing the host right now.",
    means:
      "Audits and reads take no lock and wait for nobody. Somebody's run is at work, so what was found may be half of what it does: part of it as before, part as it will be.",
    causes: ["A colleague or CI pushes to the host at the same time."],
    steps: [
      "Watch it until it ends: `hostkit runs --host NAME --follow`.",
      "Then look again: `hostkit audit --host NAME`.",
    ],
    host: TOLD,
    see: ["HK4003"],
  },
  HK5070: {
    title: "Node.js is older than HostKit needs.",
    means:
      "The client runs on a version of Node.js that it was not made for. It may start all the same, and fail in odd ways later. Hosts need no Node.js.",
    causes: ["The system's package is old.", "Another one comes first in PATH."],
    steps: [
      "Install a newer one; `node --version` tells which one runs.",
      "Run the command again.",
    ],
    host: CHECKED,
  },
  HK5071: {
    title: "The SSH agent can't be used.",
    means:
      "SSH_AUTH_SOCK, or the `agent` of a declared host, names a socket at which no SSH agent answers. Its keys are left out, and key files are tried.",
    causes: [
      "The agent ended, and the variable stayed, as in an old tmux session.",
      "A forwarded agent whose connection is gone.",
    ],
    steps: [
      "Start it again, or set SSH_AUTH_SOCK to the one that runs; `ssh-add -l` tells.",
      "Without an agent, unset the variable or declare `agent: false`.",
    ],
    host: TOLD,
    see: ["HK2021"],
  },
  HK5072: {
    title: "A private key is open to others.",
    means:
      "The file of a private key can be read or written by others than its owner. HostKit uses it all the same, and ssh(1) refuses it. Whoever read it can log in as you.",
    causes: ["It was copied without its mode.", "It lies on a file system without modes."],
    steps: [
      "Close it: `chmod 600 FILE`.",
      "Where others may have read it, make a new one and remove the old one from the hosts.",
    ],
    host: TOLD,
    see: ["HK2023"],
  },
  HK5073: {
    title: "No key of a declared host is on record here.",
    means:
      "Neither the known hosts files nor the declaration have the host's key, so the first contact is refused: an unknown key can be anybody's.",
    causes: [
      "Nobody logged in there from this machine yet.",
      "The host or its port has another name by now.",
    ],
    steps: [
      "Have it shown and told how to record it: `hostkit doctor --host NAME`.",
      "Or pin it in the declaration with `hostKey`.",
    ],
    host: TOLD,
    see: ["HK2010"],
  },
  HK5074: {
    title: "There is nothing here to log in with.",
    means:
      "No SSH agent holds a key, none of the usual key files is in ~/.ssh, and no declared host has a key file or a password. No login can succeed.",
    causes: ["A new machine, or a CI job without its key.", "HOME is another user's."],
    steps: [
      "Make a key with `ssh-keygen -t ed25519`, and authorise it with `ssh-copy-id`.",
      "Or declare `identityFile` or `password` for the host.",
    ],
    host: TOLD,
    see: ["HK2021"],
  },
  HK5075: {
    title: "A variable names no flag.",
    means:
      "A variable of the environment begins like those that stand for flags, and no flag is called so. Nothing reads it, so what it was set for does not happen.",
    causes: ["A typing error.", "It was meant for another version."],
    steps: [
      "Correct its name; `hostkit help plan` lists flags, and each has a variable of its name.",
      "Or unset it.",
    ],
    host: TOLD,
    see: ["HK5004"],
  },
  HK5076: {
    title: "An agent binary is not the one that was built.",
    means:
      "What an agent's file unpacks to has another SHA-256 than the list of agents says. Hosts check it as well, and refuse it.",
    causes: ["The file is damaged, or was replaced.", "A build was interrupted."],
    steps: ["Install HostKit again; in a source tree, `npm run build`."],
    host: CHECKED,
    see: ["HK2101", "HK2121"],
  },
};
