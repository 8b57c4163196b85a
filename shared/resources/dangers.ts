/**
 * What decides who can come in, and over which way: rather too much of it than too little, since the price of a mark is one
 * more connection, and the price of a missing one a walk to the machine.
 */
const FILES: readonly (readonly [paths: RegExp, what: string])[] = [
  // The client's own files lie in the same directory: ssh_config(5), and the keys of other hosts.
  [/^\/etc\/ssh(?!\/ssh_(config|known_hosts))(\/|$)/, "how sshd lets people in"],
  [/\/\.ssh(\/(authorized_keys2?|environment|rc))?$/, "which keys let people in"],
  [/^\/etc\/(sudoers(\.d)?|sudo\.conf|doas\.conf|polkit-1)(\/|$)/, "who may become root"],
  [
    /^\/etc\/(pam\.(d|conf)|security|nsswitch\.conf|sssd|shells|login\.defs|nologin)(\/|$)/,
    "how users are found and let in",
  ],
  [/^\/etc\/(passwd|group|shadow|gshadow)-?$/, "the users of the host"],
  [
    /^\/etc\/(network|netplan|NetworkManager|systemd\/network|systemd\/networkd\.conf(\.d)?|dhcpcd\.conf)(\/|$)/,
    "the network",
  ],
  [/^\/etc\/(resolv\.conf|hosts|gai\.conf)$/, "how names are resolved"],
  [
    /^\/etc\/(nftables\.conf|nftables(\.d)?|iptables|ufw|firewalld|hosts\.(allow|deny)|fail2ban)(\/|$)/,
    "the firewall",
  ],
  [
    /^\/etc\/(fstab|crypttab|default\/grub(\.d)?|grub\.d|modprobe\.d|modules-load\.d|initramfs-tools|sysctl\.(d|conf))(\/|$)/,
    "how the host starts",
  ],
  [/^\/boot(\/|$)/, "how the host starts"],
];

const UNITS: readonly (readonly [names: RegExp, what: string])[] = [
  [/^(ssh|sshd|ssh@.*|sshd@.*|sshd-.*|dropbear)\.(service|socket)$/, "whether sshd runs"],
  [
    /^(networking|ifup@.*|NetworkManager|systemd-networkd|systemd-resolved|dhcpcd|wpa_supplicant|wg-quick@.*|openvpn.*|tailscaled|cloudflared)\.(service|socket)$/,
    "the network",
  ],
  [
    /^(nftables|iptables|ip6tables|netfilter-persistent|ufw|firewalld|fail2ban)\.service$/,
    "the firewall",
  ],
  [
    /^(sssd|nscd|systemd-homed|systemd-userdbd)\.(service|socket)$/,
    "how users are found and let in",
  ],
];

/** Where a unit's own file and its drop-ins are; systemd.unit(5). */
const UNIT_PATH = /^\/etc\/systemd\/system\/(?<unit>[^/]+?)(\.d(\/.*)?)?$/;

/** How a change of this file or link could lock somebody out. */
export function dangerOfPath(path: string): string | undefined {
  const unit = UNIT_PATH.exec(path)?.groups?.["unit"];
  if (unit !== undefined) return dangerOfUnit(unit);
  return FILES.find(([paths]) => paths.test(path))?.[1];
}

/** The same of a directory, through which people and sshd come to what they need. */
export function dangerOfDirectory(path: string, login: string): string | undefined {
  // sshd refuses keys below a home that others may write, see StrictModes in sshd_config(5).
  const homes = ["/", "/etc", "/home", "/root", "/usr", "/run/sshd", `/home/${login}`];
  return homes.includes(path) ? "the way to what a login needs" : dangerOfPath(path);
}

export function dangerOfUnit(name: string): string | undefined {
  return UNITS.find(([names]) => names.test(name))?.[1];
}

/** How a change of this user could lock out whoever logs in as `login`. */
export function dangerOfAccount(name: string, login: string): string | undefined {
  if (name !== login && name !== "root") return undefined;
  return name === login ? "the account you log in with" : "the account of root";
}

/** sudo's and su's rules go by these on one distribution or another. */
export function dangerOfGroup(name: string, login: string): string | undefined {
  if (name === login) return "the group of the account you log in with";
  return ["root", "sudo", "wheel", "admin"].includes(name) ? "who may become root" : undefined;
}
