import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";

import { describe, expect, it, vi } from "vitest";

import type { BootstrapProgress } from "../../../client/bootstrap/progress.ts";
import { failure, findProgram } from "../transport/scratch.ts";
import { makeAgent, pack } from "./fake-agent.ts";
import { converse, createBench, local } from "./local-bench.ts";
import { withStartupFile } from "./wrapped-connection.ts";

vi.setConfig({ testTimeout: 60_000 });

describe.skipIf(process.platform !== "linux")(
  "dialling an agent on this machine (needs Linux)",
  () => {
    it("installs it with two commands the first time, and starts it with one from then on", async () => {
      using bench = createBench();
      const connection = await local();
      const progress: BootstrapProgress[] = [];
      const first = await bench.dial(connection, { report: (each) => progress.push(each) });
      expect(first).toMatchObject({
        installed: "uploaded",
        artifact: bench.artifact,
        stateRoot: bench.stateRoot,
      });
      expect(connection.execCount).toBe(2);
      expect(await converse(first)).toBe("ping");
      expect(await first.exec.exit).toEqual({ kind: "exited", code: 0 });
      expect(first.exec.stderrTail()).toBe(
        `from stdout\narguments: serve --nonce ${first.nonce} --root ${bench.stateRoot}; umask 0077; options none none\n`,
      );

      const { compressedSize: total } = bench.artifact;
      expect(progress[0]).toEqual({ phase: "checking" });
      expect(progress[1]).toEqual({ phase: "uploading", bytes: 0, total });
      expect(progress.at(-2)).toEqual({ phase: "uploading", bytes: total, total });
      expect(progress.at(-1)).toEqual({ phase: "starting" });

      const second = await bench.dial(connection);
      expect(second).toMatchObject({
        installed: "cached",
        artifact: bench.artifact,
        stateRoot: bench.stateRoot,
      });
      expect(connection.execCount).toBe(3);
      expect(second.nonce).not.toBe(first.nonce);
      expect(await converse(second)).toBe("ping");
      expect(readdirSync(dirname(bench.installed))).toEqual(["hostkit-agent"]);
    });

    it("finds a cached agent of either target", async () => {
      using bench = createBench();
      const arm = makeAgent(bench.directory, { target: "linux-arm64" });
      const connection = await local();
      await converse(await bench.dial(connection));
      for (const artifacts of [
        [bench.artifact, arm],
        [arm, bench.artifact],
      ]) {
        const stream = await bench.dial(connection, { artifacts });
        expect(stream).toMatchObject({ installed: "cached", artifact: bench.artifact });
        await converse(stream);
      }
      expect(connection.execCount).toBe(4);
    });

    it("publishes the agent as mode 755 in private directories, under any umask", async () => {
      for (const umask of ["077", "000", "027"]) {
        using bench = createBench();
        const connection = withStartupFile(await local(), `umask ${umask}`);
        await converse(await bench.dial(connection));
        expect(statSync(bench.installed).mode & 0o7777).toBe(0o755);
        for (
          let path = dirname(bench.installed);
          path.length >= bench.stateRoot.length;
          path = dirname(path)
        )
          expect(statSync(path).mode & 0o7777, path).toBe(0o700);
        expect((await bench.dial(connection)).installed).toBe("cached");
      }
    });

    it("replaces an agent that was truncated, and leaves one that is whole", async () => {
      using bench = createBench();
      const connection = await local();
      await converse(await bench.dial(connection));
      truncateSync(bench.installed, 1_000);
      const stream = await bench.dial(connection);
      expect(stream.installed).toBe("uploaded");
      expect(connection.execCount).toBe(4);
      await converse(stream);
      expect(statSync(bench.installed).size).toBe(bench.artifact.size);
    });

    it("replaces an agent of the right size that dies before its first line", async () => {
      using bench = createBench();
      const connection = await local();
      await converse(await bench.dial(connection));
      const broken = Buffer.alloc(bench.artifact.size, "\n");
      broken.write("#!/bin/sh\necho broken >&2; exit 9\n");
      writeFileSync(bench.installed, broken);
      const stream = await bench.dial(connection);
      expect(stream.installed).toBe("uploaded");
      expect(connection.execCount).toBe(4);
      expect(await converse(stream)).toBe("ping");
    });

    it("installs an agent that always dies once, not for ever", async () => {
      using bench = createBench(["echo cannot start >&2; exit 9"]);
      const connection = await local();
      const { code, detail } = await failure(bench.dial(connection));
      expect(code).toBe("HK2125");
      expect(detail).toContain("cannot start");
      expect(detail).toContain("exit code 9");
      expect(connection.execCount).toBe(2);
      expect((await failure(bench.dial(connection))).code).toBe("HK2125");
      expect(connection.execCount).toBe(4);
    });

    it("tells when the system does not run what was installed", async () => {
      using bench = createBench();
      const content = Buffer.from("\u007fELF\u0002 but not really\n".padEnd(5_000, "x"));
      const artifact = pack(bench.directory, { target: "linux-x64", content });
      const { code, detail } = await failure(bench.dial(await local(), { artifacts: [artifact] }));
      expect(["HK2124", "HK2125"]).toContain(code);
      expect(detail).toContain(artifact.agentId);
    });

    it("serves eight clients at once with one file and nothing left over", async () => {
      using bench = createBench();
      const streams = await Promise.all(
        Array.from({ length: 8 }, async () => bench.dial(await local())),
      );
      expect(streams.map((each) => each.installed)).toContain("uploaded");
      expect(await Promise.all(streams.map(converse))).toEqual(
        Array.from({ length: 8 }, () => "ping"),
      );
      expect(readdirSync(dirname(bench.installed))).toEqual(["hostkit-agent"]);
      expect(statSync(bench.installed).mode & 0o7777).toBe(0o755);
    });

    it("does not let the environment change how the agent starts", async () => {
      using bench = createBench();
      const settings =
        "export NODE_OPTIONS=--inspect OPENSSL_CONF=/nowhere ENV=/nowhere BASH_ENV=/nowhere";
      const connection = withStartupFile(await local(), settings);
      for (const installed of ["uploaded", "cached"]) {
        const stream = await bench.dial(connection);
        expect(stream.installed).toBe(installed);
        await converse(stream);
        await stream.exec.exit;
        expect(stream.exec.stderrTail()).toContain("options none none");
      }
    });

    it("finds the agent behind 10 KiB of noise, colours, and the lines of an earlier session", async () => {
      using bench = createBench();
      const first = await bench.dial(await local());
      await converse(first);
      const noise = [
        "yes '\u001b[31mWelcome to this host\u001b[0m' | head -c 10240",
        `echo; echo HKIT1 ${first.nonce}; echo HKRUN1 ${first.nonce} ${bench.artifact.agentId} /elsewhere`,
        `echo HKBOOT1 ${first.nonce} os=Plan9 end; printf 'no newline: '`,
      ].join("\n");
      for (const installed of ["cached", "uploaded"]) {
        if (installed === "uploaded") rmSync(bench.installed);
        const connection = withStartupFile(await local(), noise);
        const stream = await bench.dial(connection);
        expect(stream).toMatchObject({ installed, stateRoot: bench.stateRoot });
        expect(await converse(stream)).toBe("ping");
      }
    });

    it("loses no byte that the agent sends with its first line", async () => {
      using bench = createBench([
        "printf '\\nHKIT1 %s\\nfirst bytes ' \"$3\" >&4",
        "head -c 200000 /dev/zero >&4; exec cat <&3 >&4",
      ]);
      const stream = await bench.dial(await local());
      const all = await converse(stream);
      expect(all).toBe(`first bytes ${"\0".repeat(200_000)}ping`);
    });

    it("leaves nothing when the upload does not verify", async () => {
      using bench = createBench();
      const whole = readFileSync(bench.artifact.path);
      const flipped = Buffer.from(whole);
      const middle = Math.floor(flipped.length / 2);
      flipped[middle] = (flipped[middle] ?? 0) ^ 1;
      const swapped = { ...makeAgent(bench.directory), agentId: bench.artifact.agentId };
      const cases = [
        {
          name: "flipped byte",
          content: flipped,
          artifact: bench.artifact,
          codes: ["HK2121", "HK2122"],
        },
        {
          name: "cut file",
          content: whole.subarray(0, middle),
          artifact: { ...bench.artifact, compressedSize: middle },
          codes: ["HK2122"],
        },
        {
          name: "no gzip",
          content: Buffer.alloc(5_000, 1),
          artifact: { ...bench.artifact, compressedSize: 5_000 },
          codes: ["HK2122"],
        },
        {
          name: "other content",
          content: readFileSync(swapped.path),
          artifact: swapped,
          codes: ["HK2121"],
        },
        {
          name: "other size",
          content: whole,
          artifact: { ...bench.artifact, size: 7 },
          codes: ["HK2121"],
        },
      ];
      for (const { name, content, artifact, codes } of cases) {
        const path = join(bench.directory, "agent.gz");
        writeFileSync(path, content);
        const { code } = await failure(
          bench.dial(await local(), { artifacts: [{ ...artifact, path }] }),
        );
        expect(codes, name).toContain(code);
        expect(readdirSync(dirname(bench.installed)), name).toEqual([]);
      }
      expect((await bench.dial(await local())).installed).toBe("uploaded");
    });

    it("sends not a byte more than the stated size: the agent would take it for a message", async () => {
      using bench = createBench();
      writeFileSync(bench.artifact.path, "more", { flag: "a" });
      const stream = await bench.dial(await local());
      expect(stream.installed).toBe("uploaded");
      expect(await converse(stream)).toBe("ping");
    });

    it("notices that its own file changed under it", async () => {
      using bench = createBench();
      truncateSync(bench.artifact.path, 1_000);
      expect((await failure(bench.dial(await local()))).code).toBe("HK2120");
      expect(existsSync(bench.installed)).toBe(false);
    });

    it("refuses a host without gzip before it uploads anything", async () => {
      using bench = createBench();
      const path = join(bench.directory, "bin");
      mkdirSync(path);
      for (const tool of [
        "uname",
        "getconf",
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
      ])
        symlinkSync(findProgram(tool) ?? "", join(path, tool));
      const connection = withStartupFile(await local(), `PATH=${path}`);
      const { code, detail } = await failure(bench.dial(connection));
      expect(code).toBe("HK2106");
      expect(detail).toContain("Not found on the host: gzip.");
      expect(connection.execCount).toBe(1);
      symlinkSync(findProgram("gzip") ?? "", join(path, "gzip"));
      expect((await bench.dial(connection)).installed).toBe("uploaded");
    });

    it("stops when the user gives up", async () => {
      using bench = createBench();
      const controller = new AbortController();
      const connection = withStartupFile(await local(), "sleep 5");
      setTimeout(() => controller.abort(new Error("given up")), 100);
      await expect(bench.dial(connection, { signal: controller.signal })).rejects.toThrow(
        "given up",
      );
    });
  },
);
