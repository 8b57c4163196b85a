import { describe, expect, it } from "vitest";
import { kindOf, type Kind } from "../../../shared/resources/registry.ts";
import { declare } from "../../support/declare.ts";

const dangerOf = (kind: Kind, desired: object) => kindOf(kind).danger?.(desired, "ops");
const file = (path: string) => dangerOf("file", declare.file(path, { text: "" }).desired);
const unit = (name: string) => dangerOf("unit", declare.unit(name, { active: true }).desired);

describe("what could lock an operator out", () => {
  it.each([
    ["/etc/ssh/sshd_config", "how sshd lets people in"],
    ["/etc/ssh/sshd_config.d/10-port.conf", "how sshd lets people in"],
    ["/etc/ssh/ssh_host_ed25519_key", "how sshd lets people in"],
    ["/home/ops/.ssh/authorized_keys", "which keys let people in"],
    ["/etc/sudoers.d/ops", "who may become root"],
    ["/etc/pam.d/sshd", "how users are found and let in"],
    ["/etc/nsswitch.conf", "how users are found and let in"],
    ["/etc/netplan/01.yaml", "the network"],
    ["/etc/network/interfaces", "the network"],
    ["/etc/systemd/network/10-eth.network", "the network"],
    ["/etc/resolv.conf", "how names are resolved"],
    ["/etc/nftables.conf", "the firewall"],
    ["/etc/fstab", "how the host starts"],
    ["/etc/systemd/system/ssh.service.d/limits.conf", "whether sshd runs"],
    ["/etc/systemd/system/ssh.socket", "whether sshd runs"],
    ["/etc/systemd/system/sshd@.service", "whether sshd runs"],
  ])("is %s", (path, what) => {
    expect(file(path)).toBe(what);
    expect(dangerOf("symlink", declare.symlink(path, { to: "/x" }).desired)).toBe(what);
  });

  it.each([
    "/etc/ssh/ssh_config",
    "/etc/ssh/ssh_known_hosts",
    "/etc/sshguard.conf",
    "/srv/etc/ssh/sshd_config",
    "/etc/motd",
    "/etc/systemd/system/api.service",
    "/etc/systemd/system/api.service.d/ssh.conf",
    "/home/ops/.ssh/config",
    "/etc/networks",
    "/etc/sudo",
  ])("is not %s", (path) => {
    expect(file(path)).toBeUndefined();
  });

  it.each(["ssh.service", "sshd.service", "sshd@two.service"])("is %s", (name) => {
    expect(unit(name)).toBe("whether sshd runs");
  });

  it("is a unit of the network or the firewall, and no other", () => {
    expect(unit("systemd-networkd.service")).toBe("the network");
    expect(unit("nftables.service")).toBe("the firewall");
    expect(unit("api.service")).toBeUndefined();
    expect(unit("my-ssh.service")).toBeUndefined();
  });

  it("is the account that logged in, its group, and root", () => {
    const account = (name: string) => dangerOf("account", { name });
    expect(account("ops")).toBe("the account you log in with");
    expect(account("root")).toBe("the account of root");
    expect(account("deploy")).toBeUndefined();
    const group = (name: string) => dangerOf("group", { name });
    expect(group("ops")).toBe("the group of the account you log in with");
    expect(group("sudo")).toBe("who may become root");
    expect(group("deploy")).toBeUndefined();
  });

  it("is a directory on the way to what a login needs", () => {
    const directory = (path: string) => dangerOf("directory", { path });
    for (const path of ["/", "/home", "/home/ops", "/root"]) {
      expect(directory(path)).toBe("the way to what a login needs");
    }
    expect(directory("/home/ops/.ssh")).toBe("which keys let people in");
    expect(directory("/etc/ssh")).toBe("how sshd lets people in");
    expect(directory("/home/deploy")).toBeUndefined();
    expect(directory("/srv")).toBeUndefined();
  });
});
