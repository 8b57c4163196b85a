import { EXIT } from "../../cli/exit-code.ts";
import { ends, type Pages, UNREACHED, UNTOUCHED } from "../page.ts";

const NOTHING_LEFT = ends("Unchanged; nothing was left behind.", EXIT.failed);

/** Root's rights, and an agent that is on its way to run. */
export const starting: Pages = {
  HK2114: {
    title: "The host has no POSIX shell.",
    means: "What answers does not know /bin/sh, or can't run it.",
    causes: [
      "A network device, Windows, or a restricted shell.",
      "The host's /bin/sh is broken, after an upgrade that was cut off for one.",
    ],
    steps: ["`ssh USER@HOST /bin/sh -c true` shows what it says. Check the address of the host."],
    host: UNREACHED,
    see: ["HK2103", "HK2113"],
  },
  HK2115: {
    title: "sudo needs a terminal.",
    means:
      "sudo on the host insists on a terminal (`requiretty`), which would change binary data on its way.",
    causes: ["The sudoers of older Red Hat systems has it by default."],
    steps: [
      "On the host, with `visudo`: `Defaults:USER !requiretty`. Or log in as root.",
      "Try it: `ssh USER@HOST sudo -n true`.",
    ],
    host: UNTOUCHED,
    see: ["HK2116", "HK2117"],
  },
  HK2116: {
    title: "sudo needs a password.",
    means: "HostKit uses sudo without a password, and sudo asks this account for one.",
    causes: [
      "The account may use sudo, with its password.",
      "sudoers does not name the account at all; sudo asks all the same.",
    ],
    steps: [
      "On the host, with `visudo`: `USER ALL=(root) NOPASSWD: ALL`. Or log in as root.",
      "Try it: `ssh USER@HOST sudo -n true`.",
    ],
    host: UNTOUCHED,
    see: ["HK2115", "HK2117"],
  },
  HK2117: {
    title: "The account may not use sudo.",
    means: "sudoers does not let this account run /bin/sh as root, which is how the agent starts.",
    causes: [
      "The account is not in the group sudo or wheel.",
      "sudoers allows some commands only.",
    ],
    steps: [
      "On the host: `sudo -l -U USER` lists what it may. Allow it with `visudo`, or log in as root.",
    ],
    host: UNTOUCHED,
    see: ["HK2116", "HK2118"],
  },
  HK2118: {
    title: "sudo is missing on the host.",
    means: "The host is declared with `sudo: true`, and has no sudo, or not on its PATH.",
    causes: ["A small image.", "The PATH for commands over SSH is cut short."],
    steps: ["Install sudo on the host, or log in as root and leave `sudo` out."],
    host: UNTOUCHED,
    see: ["HK2117"],
  },
  HK2120: {
    title: "The agent could not be uploaded.",
    means:
      "The upload stopped: the host took no data for two minutes though the connection lives, or the file on this machine changed meanwhile.",
    causes: ["The host's disk hangs.", "A build was replacing the agents."],
    steps: ["Look at the host (`journalctl -k`), let builds end, then run the command again."],
    host: ends("Unchanged; what had arrived is removed.", EXIT.unreachable),
    see: ["HK2121", "HK2122"],
  },
  HK2121: {
    title: "The uploaded agent is not the one that was sent.",
    means:
      "Size or SHA-256 of what arrived differ from what was sent. It was not started, and not kept.",
    causes: ["The host's memory or disk is damaged.", "Something changes data on the way."],
    steps: [
      "Run the command again. If it stays so, test the host: `journalctl -k`, `smartctl -a /dev/DISK`.",
    ],
    host: NOTHING_LEFT,
    see: ["HK2122"],
  },
  HK2122: {
    title: "The uploaded agent could not be unpacked.",
    means: "gzip on the host refused what arrived, so it was cut short or damaged.",
    causes: ["The connection broke at the end.", "The disk filled up meanwhile."],
    steps: ["`df -h /var/lib` on the host, then run the command again."],
    host: NOTHING_LEFT,
    see: ["HK2109", "HK2121"],
  },
  HK2123: {
    title: "The agent's directory is not safe to run programs from.",
    means:
      "Root is to run a program there, and a level above it is a link, is not root's, or can be written by others: somebody else could exchange the program.",
    causes: ["/var/lib/hostkit or a directory above was given to another user or group."],
    steps: [
      "On the host, for the path in the message: `chown root:root PATH` and `chmod 755 PATH`; a link has to become a real directory.",
      "Ask who changed it: what they could write, they could exchange.",
    ],
    host: UNTOUCHED,
    see: ["HK2107"],
  },
  HK2124: {
    title: "The agent could not be executed.",
    means: "The agent is in place and whole, and the system refuses to run it.",
    causes: [
      "A policy such as fapolicyd, SELinux or AppArmor forbids programs there.",
      "The file system was remounted `noexec` since it was installed.",
    ],
    steps: [
      "On the host: `journalctl -b -g denied`, or `ausearch -m fanotify,avc -ts recent`. With fapolicyd, run the command that the message gives.",
    ],
    host: UNTOUCHED,
    see: ["HK2108", "HK2125"],
  },
  HK2125: {
    title: "The agent ended before it was ready.",
    means: "The agent was started and ended before its first line.",
    causes: [
      "The kernel killed it for want of memory.",
      "The binary or its libraries are damaged.",
    ],
    steps: [
      "On the host: `journalctl -k -g oom` and `free -m`. Free memory, then run the command again.",
    ],
    host: UNTOUCHED,
    see: ["HK2124", "HK3004"],
  },
};
