import { afterEach, expect, it, vi } from "vitest";
import { openAgentSession } from "./support/agent-session.ts";
import { describeHosts } from "./support/requirements.ts";
import { sharedHost } from "./support/shared-host.ts";
import { codesOf, ended, messageOf, sharedSite } from "./support/site.ts";
import { type ProxyOptions, startProxy, type TcpProxy } from "./support/tcp-proxy.ts";

/** The agent comes to a host whole or not at all, however many bring it and wherever one of them is cut off. */

describeHosts("an installation", () => {
  const host = sharedHost({ name: "installation" });
  const { remote, push, begin, plan, unfinished, newOperator } = sharedSite(host);
  const proxies: TcpProxy[] = [];
  const through = async (options: Omit<ProxyOptions, "target"> = {}) => {
    const proxy = await startProxy({ target: host(), ...options });
    proxies.push(proxy);
    return proxy;
  };
  afterEach(async () => {
    await Promise.all(proxies.splice(0).map((proxy) => proxy.close()));
  });

  const isThereOnce = async () => {
    expect(await remote("cd /var/lib/hostkit/agents; ls | wc -l; ls -A *")).toBe(
      "1\nhostkit-agent\n",
    );
    expect(await unfinished()).toBe("");
  };
  const isNotThere = async () => {
    // The end of the script that was receiving it.
    await remote(ended("[u]mask 077; n="));
    expect(await remote("find /var/lib/hostkit -type f; ls /srv")).toBe("");
  };

  it("is made by eight at once, and there is one agent", async () => {
    const results = await Promise.all(Array.from({ length: 8 }, () => plan({ by: newOperator() })));
    expect(results.map(({ status }) => status)).toEqual(Array(8).fill(2));
    expect(results.every(({ stderr }) => stderr.includes("uploading"))).toBe(true);
    await isThereOnce();
  });

  /** Bytes from the client before the first of the upload, and of the agent itself; SSH adds some to each packet. */
  let sizes: { readonly before: number; readonly agent: number };

  it("takes what its upload takes", async () => {
    await remote("rm -r /var/lib/hostkit");
    const proxy = await through();
    let before = 0;
    const { session, agent } = await openAgentSession(host(), {
      at: proxy,
      report: (progress) => {
        if (progress.phase === "uploading" && progress.bytes === 0) before = proxy.bytes.toTarget;
      },
    });
    sizes = { before, agent: agent.artifact.compressedSize };
    expect(before).toBeGreaterThan(1_000);
    expect(proxy.bytes.toTarget).toBeGreaterThan(before + sizes.agent);
    await session.close();
    await remote("rm -r /var/lib/hostkit");
  });

  it.each([
    ["before its first byte", () => sizes.before],
    ["after its first byte", () => sizes.before + 1],
    ["half way", () => sizes.before + Math.round(sizes.agent / 2)],
    ["in its last packets", () => sizes.before + sizes.agent],
  ])("that is cut %s leaves nothing", async (_where, byte) => {
    const proxy = await through({ cutAfterBytes: { toTarget: byte() } });
    const result = await push({ at: proxy });
    expect(proxy.bytes.toTarget).toBe(byte());
    expect(codesOf(result)).toEqual(["HK2030"]);
    expect(messageOf(result)).toContain(`root@127.0.0.1:${proxy.port}`);
    expect(result).toMatchObject({ status: 4, stdout: "" });
    await isNotThere();
  });

  it("that is given up by Ctrl-C leaves nothing, and the next one succeeds", async () => {
    const half = sizes.before + Math.round(sizes.agent / 2);
    const proxy = await through({ stall: { toTarget: half } });
    const { result, kill } = begin({ at: proxy });
    await vi.waitFor(() => expect(proxy.bytes.toTarget).toBe(half), 20_000);
    kill("SIGINT");
    const { status, stdout, stderr } = await result;
    expect(stderr).toContain("uploading");
    expect(stderr).toContain("Interrupted. Nothing was changed.");
    expect({ status, stdout }).toEqual({ status: 130, stdout: "" });
    proxy.cut();
    await isNotThere();
    proxy.heal();
    expect((await push({ at: proxy })).status).toBe(0);
    await isThereOnce();
  });
});
