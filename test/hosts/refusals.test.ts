import { once } from "node:events";
import { readFileSync, rmSync } from "node:fs";
import { createServer, type Server, type Socket } from "node:net";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { CliResult } from "../support/cli.ts";
import type { HostOptions } from "./support/host-options.ts";
import { describeHosts } from "./support/requirements.ts";
import { runTool } from "./support/run-tool.ts";
import { sharedHost } from "./support/shared-host.ts";
import { isRefusal, type Refusal, sharedSite } from "./support/site.ts";

/**
 * Hosts that can't be reached, entered or used: each is told apart by its code, the exit code is the contract's, and
 * the host is as it was.
 */

const refused =
  (status: Refusal["status"]) =>
  (code: string, says: readonly string[]): Refusal => ({ status, code, says });
const unreachable = refused(4);
const unusable = refused(1);

const script = (content: string) => ({ content: `#!/bin/sh\n${content}\n`, mode: 0o755 });

const HOST: HostOptions = {
  name: "refusals",
  users: [
    { name: "plain", sudo: "none" },
    { name: "asked", sudo: "none" },
    { name: "limited", sudo: "none" },
    { name: "closed", sudo: "none", shell: "/usr/sbin/nologin" },
    { name: "nobody-in", sudo: "none", shell: "/bin/false" },
    { name: "appliance", sudo: "none", shell: "/usr/local/lib/menu" },
    { name: "leaver", sudo: "none" },
    { name: "sleeper", sudo: "none" },
    { name: "forced", sudo: "none" },
  ],
  files: {
    "/usr/local/lib/menu": script("echo Welcome to the appliance\necho 1. Status"),
    "/home/leaver/.bashrc": { content: "exit 0\n" },
    "/home/sleeper/.bashrc": { content: "sleep 60\n" },
    "/etc/sudoers.d/asked": { content: "asked ALL=(root) ALL\n", mode: 0o440 },
    "/etc/sudoers.d/limited": {
      content: "Defaults:limited !authenticate\nlimited ALL=(root) /usr/bin/true\n",
      mode: 0o440,
    },
  },
};

describeHosts("a host that can't be used", () => {
  const host = sharedHost(HOST);
  const { remote, push, refuses, newOperator } = sharedSite(host);

  const servers: Server[] = [];
  afterAll(() => {
    for (const server of servers) server.close();
  });

  const listen = async (greet: (socket: Socket) => void) => {
    const server = createServer((socket) => {
      socket.on("error", () => socket.destroy());
      greet(socket);
    });
    servers.push(server);
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const address = server.address();
    if (address === null || typeof address === "string") throw new Error("No port.");
    return address.port;
  };

  // These wait for limits of 20 and 15 s that no option shortens, so they wait beside everything else.
  let silent: { readonly port: number; readonly result: Promise<CliResult> };
  let sleeping: Promise<CliResult>;
  beforeAll(async () => {
    const at = { address: "127.0.0.1", port: await listen(() => undefined) };
    silent = { port: at.port, result: push({ by: newOperator(), at }) };
    sleeping = push({ by: newOperator(), ssh: { user: "sleeper" } });
  });

  describe("because nothing answers", () => {
    it("refuses the connection", async () => {
      await refuses(
        { ssh: { port: 2222 } },
        unreachable("HK2001", [`${host().address} port 2222`, "sshd is not running"]),
      );
    });

    it("swallows the packets", async () => {
      await remote(
        "nft add table inet t; nft add chain inet t in '{ type filter hook input priority 0; }'; nft add rule inet t in tcp dport 2222 drop",
      );
      const begun = performance.now();
      await refuses(
        { ssh: { port: 2222, connectTimeout: "1s" } },
        unreachable("HK2002", [`${host().address} port 2222`, "within 1 s", "firewall"]),
      );
      expect(performance.now() - begun).toBeLessThan(8_000);
      await remote("nft delete table inet t");
    });

    it("is another service", async () => {
      const port = await listen((socket) => socket.end("HTTP/1.1 400 Bad Request\r\n\r\n"));
      await refuses(
        { at: { address: "127.0.0.1", port } },
        unreachable("HK2005", [`127.0.0.1:${port}`, "HTTP/1.1 400", "check the port"]),
      );
    });
  });

  describe("because the login is refused", () => {
    it("for the key's sake", async () => {
      const stranger = newOperator();
      const key = join(stranger.home, ".ssh/id_ed25519");
      rmSync(key);
      await refuses(
        { by: stranger },
        unreachable("HK2021", [`root@${host().address}:22`, "ssh-keygen"]),
      );
      await runTool("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", key]);
      await refuses(
        { by: stranger },
        unreachable("HK2020", [`root@${host().address}:22`, key, "authorized_keys"]),
      );
      const odd = stranger.write(".ssh/odd", "-----BEGIN DSA PRIVATE KEY-----\nMIIB\n");
      await refuses(
        { by: stranger, ssh: { identityFile: "~/.ssh/odd" } },
        unreachable("HK2024", [odd, "DSA", "ssh-keygen -t ed25519"]),
      );
    });
  });

  describe("because of its host key", () => {
    it("which is nowhere on record, until it is recorded as the message says", async () => {
      const newcomer = newOperator();
      newcomer.write(".ssh/known_hosts", "");
      const { stderr } = await refuses(
        { by: newcomer },
        unreachable("HK2010", [host().hostKeyFingerprint, "ssh-keygen -lf"]),
      );
      const advice = /echo '[^']+' >> \S+/.exec(stderr.replaceAll(/\s+/g, " "))?.[0] ?? "";
      await runTool("sh", ["-c", advice]);
      expect(readFileSync(join(newcomer.home, ".ssh/known_hosts"), "utf8")).toBe(
        `${host().hostKeyLine}\n`,
      );
    });

    it("which is another one than on record", async () => {
      const other = newOperator();
      const key = join(other.home, "other");
      await runTool("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", key]);
      const [, fingerprint = ""] = (await runTool("ssh-keygen", ["-lf", key])).split(" ");
      const file = other.write(
        ".ssh/known_hosts",
        `# hosts\n${host().address} ${readFileSync(`${key}.pub`, "utf8")}`,
      );
      const says = [host().hostKeyFingerprint, fingerprint, `${file}:2`, "ssh-keygen -R"];
      await refuses({ by: other }, unreachable("HK2011", says));
    });

    it("which is not the pinned one", async () => {
      const hostKey = `SHA256:${"A".repeat(43)}`;
      const says = [hostKey, host().hostKeyFingerprint];
      await refuses({ ssh: { hostKey } }, unreachable("HK2014", says));
    });
  });

  describe("because the account runs no commands", () => {
    it.each([
      ["closed", "HK2113", ["login shell refuses", "give it a shell"]],
      ["nobody-in", "HK2110", ["exit code 1", "the shell"]],
      ["appliance", "HK2110", ["Welcome to the appliance", "1. Status"]],
      ["leaver", "HK2110", ["exit code 0", "start-up file"]],
    ])("%s", async (user, code, says) => {
      await refuses(
        { ssh: { user } },
        unreachable(code, [`${user}@${host().address}:22`, ...says]),
      );
    });

    it("and says who to log in as", async () => {
      await remote(
        String.raw`sed -i 's/^/command="echo Please login as the user \\"debian\\" rather than the user \\"root\\"." /' /home/forced/.ssh/authorized_keys`,
      );
      const says = [`forced@${host().address}`, "log in as debian", "Set user to debian"];
      await refuses({ ssh: { user: "forced" } }, unreachable("HK2113", says));
    });
  });

  describe("because there is no place for the agent", () => {
    const DIRECTORY = "/var/lib/hostkit";
    afterEach(async () => {
      await remote(
        `until ! mountpoint -q ${DIRECTORY}; do umount ${DIRECTORY}; done; if mountpoint -q /var/lib; then umount /var/lib; fi; rm -rf ${DIRECTORY}`,
      );
    });

    it("since its parent is read-only", async () => {
      await remote("mount --bind /var/lib /var/lib && mount -o remount,ro,bind /var/lib");
      const says = [DIRECTORY, "read-only", "mounted at /var/lib"];
      await refuses({}, unusable("HK2107", says));
    });

    it("since nothing may be run there", async () => {
      await remote(`mkdir ${DIRECTORY}; mount -t tmpfs -o noexec,mode=700 none ${DIRECTORY}`);
      const says = [DIRECTORY, "noexec", "Remount it with exec"];
      await refuses({}, unusable("HK2108", says));
      expect(await remote(`ls -A ${DIRECTORY}`)).toBe("");
    });

    it("since there is too little space", async () => {
      await remote(`mkdir ${DIRECTORY}; mount -t tmpfs -o size=100M,mode=700 none ${DIRECTORY}`);
      const says = [DIRECTORY, "100 MiB free", "Free some space"];
      await refuses({}, unusable("HK2109", says));
      expect(await remote(`ls -A ${DIRECTORY}`)).toBe("");
    });

    it.each([
      ["others can write there", `mkdir ${DIRECTORY}; chmod 775 ${DIRECTORY}`],
      ["it is somebody else's", `mkdir ${DIRECTORY}; chown plain ${DIRECTORY}`],
      ["it is a link", `mkdir -p /srv/elsewhere; ln -s /srv/elsewhere ${DIRECTORY}`],
    ])("since %s", async (_why, preparation) => {
      await remote(preparation);
      const says = [`${DIRECTORY} is a symbolic link, does not belong to root, or`, "mode 755"];
      await refuses({}, unusable("HK2123", says));
    });
  });

  describe("because of its system", () => {
    /** A tool that answers otherwise to arguments that match `pattern`, and as ever to all others. */
    const shim = (tool: string, pattern: string, answer: string) =>
      remote(
        `cat >/usr/local/bin/${tool}; chmod 755 /usr/local/bin/${tool}`,
        script(`case "$*" in ${pattern}) ${answer};; *) exec /usr/bin/${tool} "$@";; esac`).content,
      );
    afterEach(async () => {
      await remote("rm -f /usr/local/bin/* /usr/lib/ld-musl-*");
    });

    it("has 32-bit programs on a 64-bit kernel", async () => {
      await shim("getconf", "LONG_BIT", "echo 32");
      await shim("od", "*-j4*", "echo ' 01'");
      await refuses({}, unusable("HK2104", ["32-bit program", "Install a 64-bit system"]));
    });

    it("has musl", async () => {
      await shim("getconf", "GNU_LIBC_VERSION", "exit 1");
      await remote("touch /usr/lib/ld-musl-$(uname -m).so.1");
      await refuses({}, unusable("HK2105", ["musl", "glibc 2.28 or newer"]));
    });

    it("has an old glibc", async () => {
      await shim("getconf", "GNU_LIBC_VERSION", "echo glibc 2.17");
      await refuses({}, unusable("HK2105", ["glibc 2.17", "glibc 2.28 or newer"]));
    });

    it("has another processor", async () => {
      await shim("uname", "-m", "echo riscv64");
      await shim("od", "*-j18*", "echo ' f3 00'");
      const says = ["riscv64", "64-bit x86 and 64-bit ARM"];
      await refuses({}, unusable("HK2102", says));
    });

    it("lacks a tool", async () => {
      await remote("mv /usr/bin/gzip /usr/bin/gzip.away");
      try {
        await refuses({}, unusable("HK2106", ["gzip", "Install"]));
      } finally {
        await remote("mv /usr/bin/gzip.away /usr/bin/gzip");
      }
    });
  });

  describe("because sudo does not let the account become root", () => {
    it.each([
      ["plain", "HK2116", ["sudo: a password is required", "NOPASSWD"]],
      ["asked", "HK2116", ["sudo: a password is required", "NOPASSWD"]],
      [
        "limited",
        "HK2117",
        ["does not let this account run /bin/sh as root", "Allow it, or log in as root"],
      ],
    ])("%s", async (user, code, says) => {
      await refuses(
        { ssh: { user, sudo: true } },
        unusable(code, [`${user}@${host().address}:22`, ...says]),
      );
    });
  });

  it("because nothing is said in time", async () => {
    const says = [`127.0.0.1:${silent.port}`, "within 20 s", "no SSH banner"];
    isRefusal(await silent.result, unreachable("HK2004", says));
    const waits = [`sleeper@${host().address}:22`, "within 15 s", "start-up file"];
    isRefusal(await sleeping, unreachable("HK2111", waits));
  });

  it("has nothing of ours after all that", async () => {
    expect(await remote("find / -xdev -iname '*hostkit*' -o -xdev -name '.hk.*'")).toBe("");
  });
});
