import { EXIT } from "../../cli/exit-code.ts";
import { ends, type Pages, UNREACHED } from "../page.ts";

/** The way to a host, up to a connection that commands can be run over. */
export const reaching: Pages = {
  HK2000: {
    title: "The host name could not be resolved.",
    means: "This machine's resolver has no address for the name that the host is declared with.",
    causes: ["The name is misspelt.", "A VPN is down, or its resolver is not asked."],
    steps: [
      "`getent hosts NAME` on this machine asks the same resolver.",
      "Until it is mended, go by the address: `hostkit plan --ssh root@192.0.2.7 --host NAME`.",
    ],
    host: UNREACHED,
    see: ["HK2003"],
  },
  HK2001: {
    title: "The host refused the connection.",
    means: "The machine answered, and nothing accepts connections on that port.",
    causes: [
      "sshd is down, or did not come up again after a change.",
      "It listens on another port, or a firewall rejects you.",
    ],
    steps: [
      "Check the port: `ssh -p PORT USER@HOST true`. Set it with `port` in the host's `ssh` options.",
      "On the host's own console: `systemctl status ssh` (or sshd), `ss -ltn`.",
    ],
    host: UNREACHED,
    see: ["HK2002", "HK2003"],
  },
  HK2002: {
    title: "The host did not answer in time.",
    means: "No connection was accepted and nothing refused it: packets get lost.",
    causes: [
      "The host is down or still booting.",
      "A firewall drops the packets, or the address belongs to nobody.",
    ],
    steps: [
      "Look at the host from its own console or its provider.",
      "For a slow line, `connectTimeout` and `retry` in the host's `ssh` options give more time.",
    ],
    host: UNREACHED,
    see: ["HK2001", "HK2003"],
  },
  HK2003: {
    title: "The host cannot be reached.",
    means: "This machine has no route to the address, or is forbidden to use it.",
    causes: [
      "The network or a VPN is down.",
      "The address is IPv6 and this machine has none, or a local firewall is in the way.",
    ],
    steps: [
      "`ip route get ADDRESS` on this machine shows which way it would go. Bring that network up, then run the command again.",
    ],
    host: UNREACHED,
    see: ["HK2000", "HK2002"],
  },
  HK2004: {
    title: "The SSH server did not finish the login in time.",
    means: "The port accepted the connection, and the login did not come to an end.",
    causes: [
      "The host is overloaded or out of memory.",
      "sshd waits for a resolver or a directory service (`UseDNS`, LDAP) that does not answer.",
      "Something that is not SSH listens there and stays silent.",
    ],
    steps: [
      "The message says how far it came. `ssh -v USER@HOST true` stops at the same place.",
      "Look at the load of the host on its own console, then try again.",
    ],
    host: UNREACHED,
    see: ["HK2005", "HK2008"],
  },
  HK2005: {
    title: "The server does not speak SSH.",
    means: "Something answered on the port, and its first words are not those of an SSH server.",
    causes: ["The port belongs to another service, a web server for one.", "A proxy is between."],
    steps: ["Correct `port` in the host's `ssh` options; the message shows what was received."],
    host: UNREACHED,
    see: ["HK2001"],
  },
  HK2006: {
    title: "No key exchange was possible with the SSH server.",
    means:
      "Client and server have no algorithm in common. HostKit offers neither SHA-1 host keys (ssh-rsa) nor CBC ciphers, since these are broken.",
    causes: ["The SSH server is very old, or is restricted to what is old."],
    steps: [
      "Update the SSH server of the host, or widen `HostKeyAlgorithms`, `KexAlgorithms` and `Ciphers` in its configuration. `ssh -vv USER@HOST true` lists what it offers.",
    ],
    host: UNREACHED,
    see: ["HK2014"],
  },
  HK2007: {
    title: "The connection closed before the login was complete.",
    means: "The other side, or something between, ended the connection during the login.",
    causes: [
      "sshd is starting, overloaded, or turns this address away (fail2ban, hosts.deny).",
      "A load balancer or a firewall cuts it.",
    ],
    steps: [
      "Try again in a minute. If it stays so, the host's own log tells why: `journalctl -u ssh` (or sshd).",
    ],
    host: UNREACHED,
    see: ["HK2008", "HK2004"],
  },
  HK2008: {
    title: "The SSH server is turning new connections away.",
    means: "sshd has reached its limit of connections that are not logged in yet.",
    causes: [
      "Many connections at once, or a scan from elsewhere (`MaxStartups`).",
      "This address failed too often and is penalised (`PerSourcePenalties`).",
    ],
    steps: [
      "Wait a little, then try again; `retry` in the host's `ssh` options does so by itself.",
      "Name fewer hosts at once instead of `--all`, where they are behind one address.",
    ],
    host: UNREACHED,
    see: ["HK2007"],
  },
  HK2009: {
    title: "The jump host could not open a connection to its target.",
    means:
      "The login to the jump host worked. It resolves the name and connects to the target itself, and could not.",
    causes: [
      "The target is down, or its name is unknown where the jump host is.",
      "The jump host forbids it (`AllowTcpForwarding`, `PermitOpen`).",
    ],
    steps: ["From the jump host try `ssh USER@HOST true`; correct what that meets."],
    host: UNREACHED,
    see: ["HK2000", "HK2001"],
  },
  HK2030: {
    title: "The connection was lost.",
    means:
      "The connection broke while the host was worked on. A run is carried out by the host itself: it goes on, and HostKit comes back to it for about three minutes.",
    causes: [
      "The network was interrupted, or the host went down.",
      "The push itself changed network, firewall or sshd.",
    ],
    steps: [
      "`hostkit runs --host NAME` tells whether a run is at work or how it ended; `hostkit runs --host NAME --follow` watches it.",
      "`hostkit plan --host NAME` shows what is left to do.",
    ],
    host: ends(
      "Unchanged where it was only planned (exit code 4). A run that had begun goes on without you; when it is not known what became of it, HK5030 says so (7).",
      EXIT.unreachable,
      EXIT.partial,
    ),
    see: ["HK5030", "HK3004"],
  },
  HK2031: {
    title: "The SSH server did not run the command.",
    means: "The login worked, and the server opens no session to run a command in.",
    causes: [
      "The account is limited to file transfer or port forwarding.",
      "`MaxSessions` is 0, or reached; or the host hangs.",
    ],
    steps: ["`ssh USER@HOST true` meets the same. Use another account, or lift the limit."],
    host: UNREACHED,
    see: ["HK2110", "HK2113"],
  },
  HK2040: {
    title: "Only Linux can be managed locally.",
    means: "`--local` means this machine, which does not run Linux.",
    causes: ["The command was copied from a Linux host, or `HOSTKIT_LOCAL` is set."],
    steps: ["Name a Linux host: `hostkit plan --host NAME`, or `hostkit facts --ssh root@HOST`."],
    host: UNREACHED,
    see: ["HK2103", "HK5005"],
  },
  HK2041: {
    title: "The local shell could not be started.",
    means: "`--local` starts the agent through /bin/sh of this machine, which could not be run.",
    causes: ["A container image without a shell.", "No more processes or memory are allowed here."],
    steps: ["Try `/bin/sh -c true`, and correct what it says. Then run the command again."],
    host: UNREACHED,
    see: ["HK2114"],
  },
};
