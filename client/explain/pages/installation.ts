import { EXIT } from "../../cli/exit-code.ts";
import { ends, type Pages, UNREACHED, UNTOUCHED } from "../page.ts";

/** Nothing of HostKit is on the host: the agent is not, or it was not started. */
const NOT_INSTALLED = ends("Unchanged; no agent was started.", EXIT.failed);

/** Putting the agent on a host and starting it. */
export const installation: Pages = {
  HK2100: {
    title: "The agent binaries are missing.",
    means:
      "HostKit brings the program that it runs on hosts. Its own installation lacks it, or can't read it.",
    causes: ["A source tree that was not built.", "A package that was copied in part."],
    steps: [
      "In a source tree: `npm run build`. Else install HostKit again.",
      "`hostkit version -v` tells what is installed.",
    ],
    host: UNTOUCHED,
    see: ["HK2101", "HK2102"],
  },
  HK2101: {
    title: "The list of agent binaries is damaged.",
    means:
      "agents.json beside the binaries can't be understood, or a binary has another size than it says. What may be torn is not sent to a host.",
    causes: ["A build was interrupted or is running just now.", "The disk was full."],
    steps: ["In a source tree: `npm run build`. Else install HostKit again."],
    host: UNTOUCHED,
    see: ["HK2100"],
  },
  HK2102: {
    title: "There is no agent for the host's processor.",
    means:
      "Agents exist for 64-bit x86 and 64-bit ARM. The host is neither, or this HostKit was built without the one it needs.",
    causes: ["A 32-bit ARM, RISC-V or other machine.", "A source tree built for one target only."],
    steps: [
      "`uname -m` on the host tells what it is. If it is x86_64 or aarch64, build with that agent: `npm run build`.",
    ],
    host: NOT_INSTALLED,
    see: ["HK2104", "HK8001"],
  },
  HK2103: {
    title: "The host does not run Linux.",
    means: "HostKit runs on several systems and manages Linux. The host says that it is another.",
    causes: ["A BSD, a router or an appliance is behind the address."],
    steps: ["`ssh USER@HOST uname -s` shows what it is. Correct the address of the host."],
    host: NOT_INSTALLED,
    see: ["HK2040", "HK2114"],
  },
  HK2104: {
    title: "The host's programs are 32-bit.",
    means:
      "The kernel is 64-bit, and the system on it is 32-bit, so the agent would not find its libraries.",
    causes: ["An image for older boards, Raspberry Pi OS 32-bit for one."],
    steps: ["Install a 64-bit system on the host; `file -L /bin/sh` shows what it has."],
    host: NOT_INSTALLED,
    see: ["HK2102", "HK2105"],
  },
  HK2105: {
    title: "The host's C library is not supported.",
    means:
      "The agent needs glibc 2.28 or newer, as in Debian 10, Ubuntu 20.04 and RHEL 8. The host has an older one, or musl.",
    causes: ["CentOS 7, Debian 9 or older.", "Alpine Linux, which has musl."],
    steps: ["`ldd --version` on the host tells. Upgrade or replace the host's system."],
    host: NOT_INSTALLED,
    see: ["HK2104"],
  },
  HK2106: {
    title: "Tools that the installation needs are missing on the host.",
    means:
      "To unpack and check the agent, the host needs common tools: gzip, head, stat, mkdir, chmod, mv, rm, sync, and sha256sum or openssl.",
    causes: ["A very small image.", "PATH is cut short for commands over SSH."],
    steps: [
      "Install what the message names; Debian and Fedora have it in coreutils and gzip.",
      "`ssh USER@HOST 'echo $PATH'` shows the PATH that counts.",
    ],
    host: NOT_INSTALLED,
    see: ["HK2107"],
  },
  HK2107: {
    title: "The agent's directory cannot be written.",
    means:
      "The agent is kept in /var/lib/hostkit, or below the home of a login that is not root. Nothing can be written there.",
    causes: [
      "The file system is read-only, also after errors of the disk.",
      "The login is not root and has no home directory.",
    ],
    steps: [
      "On the host: `findmnt -T /var/lib` shows how it is mounted, `journalctl -k` errors of the disk.",
      "Log in as root, or with `sudo: true` in the host's `ssh` options.",
    ],
    host: NOT_INSTALLED,
    see: ["HK2108", "HK2109"],
  },
  HK2108: {
    title: "The agent's directory does not allow programs to run.",
    means: "A file was written and could not be run there, so an agent could not either.",
    causes: ["/var or /home is mounted `noexec`.", "A policy (fapolicyd, SELinux) forbids it."],
    steps: [
      "`findmnt -T /var/lib/hostkit -o TARGET,OPTIONS` on the host. Remount it: `mount -o remount,exec /var`, and correct /etc/fstab.",
    ],
    host: NOT_INSTALLED,
    see: ["HK2107", "HK2124"],
  },
  HK2109: {
    title: "There is too little space for the agent.",
    means:
      "The file system that is to hold the agent has too few bytes or inodes free. That is looked at before anything is sent.",
    causes: ["Logs, packages or containers filled it.", "A quota of the login is used up."],
    steps: [
      "`df -h /var/lib` and `df -i /var/lib` on the host; `journalctl --vacuum-size=200M` often frees enough.",
    ],
    host: NOT_INSTALLED,
    see: ["HK2107", "HK4006"],
  },
  HK2110: {
    title: "The command ended before the agent could start.",
    means:
      "The login ran something that ended, and neither HostKit's script nor the agent had spoken by then.",
    causes: [
      "A start-up file (.bashrc, .profile) ends the shell, with `exit` or an error.",
      "A forced command in authorized_keys or `ForceCommand` replaces what is asked for.",
    ],
    steps: [
      "`ssh USER@HOST 'echo ok'` must print just that. Correct the start-up file, or use a key without a forced command.",
    ],
    host: UNREACHED,
    see: ["HK2112", "HK2113"],
  },
  HK2111: {
    title: "The agent did not answer in time.",
    means: "The command was started and no line of the agent came within its time.",
    causes: [
      "The host is overloaded, or its disk is very slow.",
      "A start-up file of the shell waits for input or the network.",
    ],
    steps: [
      "`time ssh USER@HOST true` shows how long a plain command takes. Look at the host's load, then try again.",
    ],
    host: UNREACHED,
    see: ["HK2110", "HK3006"],
  },
  HK2112: {
    title: "The host printed too much before the agent answered.",
    means:
      "More than 64 KiB came in place of the agent's first line. Some noise is passed over, this is not.",
    causes: ["A start-up file prints for commands too, or loops."],
    steps: [
      "`ssh USER@HOST true | wc -c` should be 0. Let start-up files print only in interactive shells.",
    ],
    host: UNREACHED,
    see: ["HK2110"],
  },
  HK2113: {
    title: "The account may not run commands.",
    means: "The login worked, and the host refuses commands for this account.",
    causes: [
      "Cloud images forbid root, and name the user to log in as.",
      "The login shell is nologin or false.",
    ],
    steps: [
      "Set `user` in the host's `ssh` options to the account that the message names, and `sudo: true` for root's rights.",
    ],
    host: UNREACHED,
    see: ["HK2116", "HK2031"],
  },
};
