import { execFileSync } from "node:child_process";
import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir, userInfo } from "node:os";
import { join, resolve } from "node:path";
import { bootHost } from "../hosts/support/host.ts";
import { hostsAvailable } from "../hosts/support/requirements.ts";
import { startLoopbackServer } from "./loopback-server.ts";

/** A disposable machine to push to, and what is pushed. */
export interface DemoTarget extends AsyncDisposable {
  /** What a person is told about it. */
  readonly what: string;
  /** `user@address:port` */
  readonly address: string;
  /** A home directory whose `.ssh` knows the target and has a key for it. */
  readonly home: string;
  readonly config: string;
}

/** A real Debian with systemd where this machine can boot one, else an SSH server as the current user. */
export async function startTarget(): Promise<DemoTarget> {
  const scratch = mkdtempSync(join(tmpdir(), "hostkit-demo-"));
  mkdirSync(join(scratch, ".ssh"), { mode: 0o700 });
  const available = hostsAvailable();
  try {
    return available.ok ? await bootMachine(scratch) : await startServer(scratch, available.reason);
  } catch (error) {
    rmSync(scratch, { recursive: true, force: true });
    throw error;
  }
}

async function bootMachine(home: string): Promise<DemoTarget> {
  const host = await bootHost({ name: "demo" });
  copyFileSync(host.privateKeyPath, join(home, ".ssh/id_ed25519"));
  chmodSync(join(home, ".ssh/id_ed25519"), 0o600);
  writeFileSync(join(home, ".ssh/known_hosts"), `${host.hostKeyLine}\n`);
  return {
    what: "a bare Debian with systemd and sshd, booted by systemd-nspawn",
    address: `root@${host.address}:${host.port}`,
    home,
    config: resolve("examples/hello-service/hostkit.config.ts"),
    [Symbol.asyncDispose]: async () => {
      await host.poweroff();
      rmSync(home, { recursive: true, force: true });
    },
  };
}

async function startServer(home: string, reason: string): Promise<DemoTarget> {
  const key = join(home, ".ssh/id_ed25519");
  execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", key]);
  const server = await startLoopbackServer(readFileSync(`${key}.pub`, "utf8"));
  writeFileSync(join(home, ".ssh/known_hosts"), `${server.hostKeyLine}\n`);
  const config = join(home, "hostkit.config.ts");
  writeFileSync(config, scratchDeclaration(join(home, "target")));
  return {
    what: `an SSH server on this machine, run by the current user. ${reason}`,
    address: `${userInfo().username}@127.0.0.1:${server.port}`,
    home,
    config,
    [Symbol.asyncDispose]: async () => {
      await server.close();
      rmSync(home, { recursive: true, force: true });
    },
  };
}

/** What a user without privileges can have: their own files below one directory. */
function scratchDeclaration(root: string): string {
  const { uid, gid } = userInfo();
  return `import { project } from "hostkit";

const own = { owner: ${uid}, group: ${gid} };

export default project("demo", (p) => {
  p.host("app", { at: "127.0.0.1" });
  const site = p.directory(${JSON.stringify(join(root, "site"))}, { ...own, mode: 0o750 });
  p.file(\`\${site.path}/index.html\`, { content: "<h1>Hello from HostKit</h1>\\n", ...own });
  p.symlink(${JSON.stringify(join(root, "current"))}, { to: site });
});
`;
}
