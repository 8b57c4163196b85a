import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";
import { afterEach, expect, it } from "vitest";
import { describeHosts } from "./support/requirements.ts";
import { sharedHost } from "./support/shared-host.ts";
import { codesOf, messageOf, sharedSite, isExplained } from "./support/site.ts";

/** A change of sshd that shuts the door behind its operator: it opens again by itself, whoever is left to open it. */

const DROP_IN = "/etc/ssh/sshd_config.d/door.conf";

const door = (text: string) => `
  const door = p.file("${DROP_IN}", { content: ${JSON.stringify(text)}, validate: ["sshd", "-t"] });
  p.unit("ssh.service", { inputs: [door], onChange: "restart" });`;

/** sshd leaves the port at which everybody knocks. */
const SHUT = door("Port 2222\n");
const WITHIN = ["--confirm-timeout", "3s"];

describeHosts("a change that could lock its operator out", () => {
  const host = sharedHost({ name: "confirm", persistent: true });
  const site = sharedSite(host);
  const { push, begin, isAsDeclared, unfinished, remote } = site;

  const inside = async (command: string) => {
    const { status, stdout } = await host().inside(command);
    return { status, stdout: stdout.trim() };
  };
  const until = async (test: string, seconds: number) => {
    const loop = `for i in $(seq ${seconds * 10}); do if ${test}; then exit 0; fi; sleep 0.1; done; exit 1`;
    expect(await inside(loop), test).toMatchObject({ status: 0 });
  };
  const awaiting = () => until("ls /var/lib/hostkit/runs/*/await >/dev/null 2>&1", 60);
  const verdicts = async () => {
    const { stdout } = await site.hostkit("runs", "--host", "app", "--json");
    return stdout;
  };

  /** sshd answers where it always did, nothing of the change is left, and nothing waits to take it back. */
  const isOpen = async () => {
    await until(`test ! -e ${DROP_IN} && ss -Hltn 'sport = 22' | grep -q .`, 60);
    await until('test -z "$(ls /etc/systemd/system | grep hostkit-)"', 60);
    expect(await remote("ss -Hltn 'sport = 2222'")).toBe("");
    expect(await remote("systemctl list-units --all --plain --no-legend 'hostkit-*'")).toBe("");
    expect(await remote("systemctl is-failed ssh.service || true")).toBe("active\n");
    expect(await unfinished()).toBe("");
  };

  afterEach(async () => {
    await until("! pgrep -f '[h]ostkit-agent' >/dev/null", 60);
  });

  it("is shown as such, and stays when the operator can come in again", async () => {
    const body = door("PermitEmptyPasswords no\n");
    const { stdout } = await site.plan({ body });
    expect(stdout).toContain("! could lock you out: how sshd lets people in");
    expect(stdout).toContain("Some of it could lock you out: it is taken back by itself");

    const result = await push({ body });
    expect(messageOf(result)).toContain("app: confirmed over a new connection.");
    expect(result.stdout).toContain("Applied 2 changes");
    expect(result.status).toBe(0);
    await isAsDeclared();
    expect(await remote("ls /etc/systemd/system | grep hostkit- || true")).toBe("");

    // What lets people in no more goes the same way.
    const gone = await push({ body: "" });
    expect(messageOf(gone)).toContain("app: confirmed over a new connection.");
    expect(gone.status).toBe(0);
    await isOpen();
  });

  it("is taken back when no new connection comes in, and says so", async () => {
    const result = await push({ body: SHUT, flags: WITHIN });
    expect(messageOf(result)).toContain("no new connection came in");
    expect(codesOf(result)).toEqual(["HK4061"]);
    isExplained(result);
    expect(result.status).toBe(8);
    await isOpen();
    expect(await verdicts()).toContain("rolled-back");
  });

  it("is taken back when sshd does not even start with it, and sshd runs again", async () => {
    const body = door("Port never\n").replace(', validate: ["sshd", "-t"]', "");
    const result = await push({ body, flags: WITHIN });
    expect(messageOf(result)).toContain("ssh.service");
    expect(result.status).toBe(8);
    await isOpen();
    // What would have told so before anything was changed.
    const checked = await push({ body: door("Port never\n"), flags: WITHIN });
    expect(checked.status).toBe(1);
    await isOpen();
  });

  it("is taken back when its client is killed meanwhile", async () => {
    const { result, kill } = begin({ body: SHUT, flags: WITHIN });
    await awaiting();
    kill("SIGKILL");
    await result;
    await isOpen();
    expect(await verdicts()).toContain("rolled-back");
  });

  it("is taken back by a timer when everything of ours is killed", async () => {
    const { result, kill } = begin({ body: SHUT, flags: WITHIN });
    await awaiting();
    kill("SIGKILL");
    await inside("pkill -KILL -f '[h]ostkit-agent'");
    await result;
    expect(await inside("ss -Hltn 'sport = 2222'")).not.toMatchObject({ stdout: "" });
    await isOpen();
    expect(await verdicts()).toContain("rolled-back");
  });

  it.each(["power-cut", "orderly"] as const)(
    "is taken back after a restart of the host (%s) in which nobody comes in",
    async (how) => {
      const { result, kill } = begin({ body: SHUT, flags: WITHIN });
      await awaiting();
      kill("SIGKILL");
      await result;
      // Returns when sshd answers at its old port.
      await host().reboot(how);
      await isOpen();
      expect(await verdicts()).toContain("rolled-back");
    },
  );

  it("stays when its operator comes in again after a restart of the host", async () => {
    // The one way to the host, open for one connection at first.
    const { port, open, shut } = await startDoor(host());
    const body = door("PermitEmptyPasswords no\n");
    const at = { address: "127.0.0.1", port };
    const { result } = begin({ body, at, flags: ["--confirm-timeout", "2m"] });
    await awaiting();
    await host().reboot("power-cut");
    await open();
    const ended = await result;
    expect(messageOf(ended)).toContain("the connection was lost");
    expect(ended.stdout).toContain("Applied 2 changes");
    expect(ended.status).toBe(0);
    await shut();
    expect(await remote(`cat ${DROP_IN}`)).toBe("PermitEmptyPasswords no\n");
    await until('test -z "$(ls /etc/systemd/system | grep hostkit-)"', 30);
  });
});

/** Lets one connection through, and no other before it is opened again. */
async function startDoor(target: { readonly address: string; readonly port: number }) {
  const sockets = new Set<Socket>();
  let closed: Promise<void> | undefined;
  const server = createServer((client) => {
    closed ??= new Promise((resolve) => server.close(() => resolve()));
    const upstream = connect({ host: target.address, port: target.port });
    for (const [from, to] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(from);
      from.on("error", () => to.destroy());
      from.on("close", () => to.destroy());
      from.pipe(to);
    }
  });
  const listen = async (port: number) => {
    server.listen(port, "127.0.0.1");
    await once(server, "listening");
  };
  await listen(0);
  const { port } = server.address() as { port: number };
  return {
    port,
    open: async () => {
      // What went to the host before it went down is known to be lost only when it is up again.
      for (const socket of sockets) socket.destroy();
      await closed;
      await listen(port);
    },
    shut: async () => {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}
