import { expect, it } from "vitest";
import type { Plan } from "../../shared/plan.ts";
import { contentsOf, manifestOf } from "../flow/joined.ts";
import { declare } from "../support/declare.ts";
import { openAgentSession } from "./support/agent-session.ts";
import { describeHosts } from "./support/requirements.ts";
import { runTool } from "./support/run-tool.ts";
import { sharedHost } from "./support/shared-host.ts";

/** What a push asks of the network: counted, not timed, so that it holds however far away the host is. */

const USED = "/run/file-transfer-was-used";

describeHosts("a push", () => {
  const host = sharedHost({
    name: "round-trips",
    files: {
      // sshd's subsystem for file transfer, which tells that it was asked for.
      "/usr/lib/openssh/sftp-server": { content: `#!/bin/sh\ntouch ${USED}\n`, mode: 0o755 },
    },
  });
  const remote = async (command: string) => (await host().ssh(command)).stdout;

  /** A directory, and files with contents of their own in it. */
  const resources = (count: number) => {
    const texts = Array.from({ length: count - 1 }, (_none, index) => `${count}: ${index}\n`);
    const directory = `/srv/trips/${count}`;
    return {
      contents: contentsOf(...texts),
      manifest: {
        ...manifestOf(
          declare.directory(directory),
          ...texts.map((text, index) => declare.file(`${directory}/${index}`, { text })),
        ),
        // What another one pushed is not to be removed.
        project: `trips-${count}`,
      },
    };
  };

  const logins = async () =>
    Number(await remote("journalctl --sync; journalctl -o cat -t sshd | grep -c '^Accepted'"));

  it("is one login and two commands when the agent is not there yet", async () => {
    const before = await logins();
    const { connection, agent, session } = await openAgentSession(host());
    await session.close();
    expect(agent.installed).toBe("uploaded");
    expect(connection.execCount).toBe(2);
    // The log is read through a login of its own.
    expect((await logins()) - before).toBe(2);
  });

  it.each([1, 10, 500])(
    "is one login, one command and two requests for a declaration of %i",
    async (count) => {
      const before = await logins();
      const { connection, agent, session } = await openAgentSession(host());
      const { manifest, contents } = resources(count);
      const { plan } = await session.plan(manifest, contents);
      expect(plan?.changes).toHaveLength(count);
      const { outcome } = await session.apply(plan as Plan, {
        contents,
        onFailure: "rollback",
        wait: 0,
        onEvent: () => undefined,
      });
      expect(outcome.verdict).toBe("applied");
      expect(session.requestCount).toBe(2);
      expect(agent.installed).toBe("cached");
      expect(connection.execCount).toBe(1);
      const again = await session.plan(manifest, contents);
      expect(again.plan).toMatchObject({ changes: [], unchanged: count });
      await session.close();
      expect((await logins()) - before).toBe(2);
    },
  );

  it("takes no file transfer beside its commands", async () => {
    const used = () => remote(`test -e ${USED} && echo used || echo unused`);
    expect(await used()).toBe("unused\n");
    const { address, privateKeyPath, knownHostsFile } = host();
    const login = ["-F/dev/null", `-i${privateKeyPath}`, `-oUserKnownHostsFile=${knownHostsFile}`];
    await runTool("ssh", [...login, "-oBatchMode=yes", "-s", `root@${address}`, "sftp"]);
    expect(await used()).toBe("used\n");
  });
});
