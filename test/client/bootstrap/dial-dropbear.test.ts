import { describe, expect, it, vi } from "vitest";

import { dial } from "../../../client/bootstrap/dial.ts";
import { createSshTransport } from "../../../client/transport/ssh.ts";
import { NO_DROPBEAR, startDropbear } from "../transport/dropbear-server.ts";
import { createScratch, timeLimit } from "../transport/scratch.ts";
import { makeAgent } from "./fake-agent.ts";
import { converse } from "./local-bench.ts";

vi.setConfig({ testTimeout: 60_000 });

describe.skipIf(NO_DROPBEAR !== undefined)(
  `dropbear${NO_DROPBEAR === undefined ? "" : ` (${NO_DROPBEAR})`}`,
  () => {
    it("tells how commands end, and takes a flood on stderr", async () => {
      await using server = await startDropbear();
      const connection = await createSshTransport(server.endpoint).connect(timeLimit());
      for (const code of [0, 75])
        expect(await (await connection.exec(`exit ${code}`)).exit).toEqual({
          kind: "exited",
          code,
        });
      const killed = await connection.exec("kill -KILL $$");
      expect(await killed.exit).toEqual({ kind: "signalled", signal: "SIGKILL" });
      const flood = await connection.exec("head -c 5000000 /dev/zero | tr '\\0' x >&2; echo done");
      expect(String(Buffer.concat((await flood.stdout.toArray()) as Buffer[]))).toBe("done\n");
      await connection.close();
    });

    it("installs an agent with two commands and starts it with one", async () => {
      await using server = await startDropbear();
      using scratch = createScratch();
      const artifact = makeAgent(scratch.path, { padding: 3_000_000 });
      for (const installed of ["uploaded", "cached"]) {
        const connection = await createSshTransport(server.endpoint).connect(timeLimit());
        const stream = await dial(connection, {
          artifacts: [artifact],
          elevate: "none",
          signal: timeLimit(),
          report: () => undefined,
        });
        expect(stream).toMatchObject({ installed, stateRoot: "/var/lib/hostkit" });
        expect(await converse(stream)).toBe("ping");
        expect(connection.execCount).toBe(installed === "cached" ? 1 : 2);
        await connection.close();
      }
    });
  },
);
