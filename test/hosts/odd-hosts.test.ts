import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { describeHosts } from "./support/requirements.ts";
import { runTool } from "./support/run-tool.ts";
import { sharedHost } from "./support/shared-host.ts";
import { messageOf, type Push, sharedSite } from "./support/site.ts";

/** Hosts and accounts that are not what one would wish for, and can be used nevertheless. */

describeHosts("an odd host can be used", () => {
  const host = sharedHost({
    name: "odd-hosts",
    users: [
      { name: "plain", sudo: "none" },
      { name: "admin", sudo: "nopasswd" },
      { name: "noisy", sudo: "none" },
    ],
    files: {
      // 10 KiB in colours, and no newline at its end.
      "/home/noisy/.bashrc": {
        content: String.raw`for i in $(seq 120); do printf '\033[1;31m%080d\033[0m\n' $i; done; printf 'Last words'`,
      },
    },
  });
  const { remote, push, refuses, watchDisk, newOperator } = sharedSite(host);
  const succeeds = async (what: Push) => {
    const result = await push(what);
    expect(result.status, result.stderr).toBe(0);
    return result;
  };

  it("by an account without root's rights, for what is its own and for nothing else", async () => {
    const ssh = { user: "plain" };
    const state = "/home/plain/.local/state/hostkit";
    const made = await watchDisk();
    const own = `p.file("/home/plain/own", { content: "", owner: "plain", group: "plain" });`;
    await succeeds({ ssh, body: own });
    const outside = (await made()).filter((path) => !path.startsWith("/home/plain/.local"));
    expect(outside).toEqual(["/home/plain/own"]);
    expect(await remote(`stat -c '%a %U' /home/plain/own ${state}`)).toBe("644 plain\n700 plain\n");

    const changed = await watchDisk();
    const etc = await push({ ssh, body: `${own} p.file("/etc/not-ours", { content: "" });` });
    expect(messageOf(etc)).toMatch(
      /HK4020.*\/etc\/not-ours.*EACCES.*Connect as root, or with sudo/,
    );
    expect(etc.status).toBe(1);
    const given = await push({ ssh, body: `${own} p.file("/home/plain/given", { content: "" });` });
    expect(messageOf(given)).toMatch(/HK4020.*\/home\/plain\/given.*EPERM.*Only root may give/);
    expect(given.status).toBe(1);
    // The account's own record of its runs is all there is.
    expect((await changed()).filter((path) => !path.startsWith(`${state}/`))).toEqual([]);
  });

  it("through everything that a start-up file prints", async () => {
    const body = `p.file("/home/noisy/own", { content: "", owner: "noisy", group: "noisy" });`;
    const first = await succeeds({ ssh: { user: "noisy" }, body });
    expect(first.stderr).toContain("uploading");
    const second = await succeeds({ ssh: { user: "noisy" }, body });
    expect(second.stderr).not.toContain("uploading");
    expect(second.stdout).toContain("No changes.");
    expect(`${first.stdout}${first.stderr}`).not.toContain("0000000001");
  });

  it("with sudo, and what is made is root's", async () => {
    await succeeds({ ssh: { user: "admin", sudo: true } });
    expect(
      await remote("stat -c %U:%G /srv/pushed /var/lib/hostkit /var/lib/hostkit/agents/*/*"),
    ).toBe("root:root\n".repeat(3));
    expect(await remote("find /home/admin -name '*hostkit*'")).toBe("");
  });

  it("as long as nobody else can exchange the agent that is there", async () => {
    await remote("chmod 777 /var/lib/hostkit/agents");
    const says = ["/var/lib/hostkit/agents is", "mode 755"];
    await refuses({}, { status: 1, code: "HK2123", says });
    // In a directory of root's a file of somebody else's is no danger, only not ours: it is replaced, unread.
    await remote("chmod 700 /var/lib/hostkit/agents; chown plain /var/lib/hostkit/agents/*/*");
    expect((await succeeds({})).stderr).toContain("uploading");
    expect(await remote("stat -c %U /var/lib/hostkit/agents/*/*")).toBe("root\n");
    expect((await succeeds({})).stderr).not.toContain("uploading");
  });

  it("with its key pinned, or recorded at the first sight", async () => {
    const newcomer = newOperator();
    const known = newcomer.write(".ssh/known_hosts", "");
    await succeeds({ by: newcomer, ssh: { hostKey: host().hostKeyFingerprint } });
    expect(readFileSync(known, "utf8")).toBe("");
    await succeeds({ by: newcomer, ssh: { acceptNewHostKey: true } });
    expect(readFileSync(known, "utf8")).toBe(`${host().hostKeyLine}\n`);
    await succeeds({ by: newcomer });

    // Once a key is on record, another one is refused in spite of the option.
    const key = join(newcomer.home, "other");
    await runTool("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", key]);
    newcomer.write(".ssh/known_hosts", `${host().address} ${readFileSync(`${key}.pub`, "utf8")}`);
    await refuses(
      { by: newcomer, ssh: { acceptNewHostKey: true } },
      { status: 4, code: "HK2011", says: [`${known}:1`, "ssh-keygen -R"] },
    );
  });
});
