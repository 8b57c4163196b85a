import { mkdirSync, readdirSync, symlinkSync, truncateSync } from "node:fs";
import { join } from "node:path";

import { describe, expect, it, vi } from "vitest";

import { failure, findProgram } from "../transport/scratch.ts";
import { makeAgent } from "./fake-agent.ts";
import { converse, createBench, local } from "./local-bench.ts";
import { changing, withLoginShell, withSystemShell } from "./wrapped-connection.ts";

vi.setConfig({ testTimeout: 60_000 });

const SHELLS = ["sh", "dash", "bash", "zsh", "ksh93", "mksh", "busybox", "fish", "tcsh", "csh"].map(
  (name) => ({ name, path: findProgram(name), shell: name === "busybox" ? "busybox sh" : name }),
);
// fish and the csh family are never /bin/sh.
const SYSTEM_SHELLS = SHELLS.filter(({ name }) => !["fish", "tcsh", "csh"].includes(name));

describe.skipIf(process.platform !== "linux").each(SHELLS)("with the login shell $name", (each) => {
  it.skipIf(each.path === undefined)(`installs and starts (needs ${each.name})`, async () => {
    using bench = createBench();
    const connection = withLoginShell(await local(), each.shell);
    for (const installed of ["uploaded", "cached"]) {
      const stream = await bench.dial(connection);
      expect(stream.installed).toBe(installed);
      expect(await converse(stream)).toBe("ping");
    }
    expect(connection.execCount).toBe(3);
  });
});

describe.skipIf(process.platform !== "linux").each(SYSTEM_SHELLS)(
  "with $name as /bin/sh",
  (each) => {
    it.skipIf(each.path === undefined)(
      `installs, repairs and refuses (needs ${each.name})`,
      async () => {
        using bench = createBench();
        const connection = withSystemShell(await local(), each.shell);
        for (const installed of ["uploaded", "cached"]) {
          const stream = await bench.dial(connection);
          expect(stream.installed).toBe(installed);
          expect(await converse(stream)).toBe("ping");
        }
        truncateSync(bench.installed, 10);
        expect((await bench.dial(connection)).installed).toBe("uploaded");
        const bad = { ...makeAgent(bench.directory), agentId: "f".repeat(64) };
        expect((await failure(bench.dial(connection, { artifacts: [bad] }))).code).toBe("HK2121");
        expect(readdirSync(join(bench.stateRoot, "agents", bad.agentId))).toEqual([]);
      },
    );
  },
);

describe.skipIf(process.platform !== "linux" || findProgram("busybox") === undefined)(
  "with nothing but busybox (needs busybox)",
  () => {
    it("installs and starts", async () => {
      using bench = createBench();
      const bin = join(bench.directory, "bin");
      mkdirSync(bin);
      const busybox = findProgram("busybox") ?? "";
      for (const applet of [
        "sh",
        "cat",
        "uname",
        "od",
        "tr",
        "id",
        "df",
        "tail",
        "chmod",
        "rm",
        "stat",
        "head",
        "mkdir",
        "mv",
        "sync",
        "sha256sum",
        "gzip",
        "yes",
      ])
        symlinkSync(busybox, join(bin, applet));
      const connection = changing(
        await local(),
        (command) => `PATH=${bin}; export PATH; ${command.replace("/bin/sh -c", `${bin}/sh -c`)}`,
      );
      for (const installed of ["uploaded", "cached"]) {
        const stream = await bench.dial(connection);
        expect(stream.installed).toBe(installed);
        expect(await converse(stream)).toBe("ping");
      }
    });
  },
);
