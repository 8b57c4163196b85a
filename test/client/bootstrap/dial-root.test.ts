import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { userInfo } from "node:os";
import { dirname, join } from "node:path";

import { describe, expect, it, vi } from "vitest";

import { dial } from "../../../client/bootstrap/dial.ts";
import { warmScript } from "../../../client/bootstrap/scripts.ts";
import { failure, timeLimit } from "../transport/scratch.ts";
import { type Bench, converse, createBench, local } from "./local-bench.ts";
import { changing, quoted, withStartupFile } from "./wrapped-connection.ts";

vi.setConfig({ testTimeout: 60_000 });

describe.skipIf(process.platform !== "linux" || userInfo().uid !== 0)(
  "as root (needs root)",
  () => {
    const others = (bench: Bench): string => dirname(bench.stateRoot);

    it.each([
      { name: "writable for the group", spoil: (path: string) => chmodSync(path, 0o775) },
      { name: "writable for all", spoil: (path: string) => chmodSync(path, 0o757) },
      { name: "sticky and writable for all", spoil: (path: string) => chmodSync(path, 0o1777) },
      {
        name: "a symbolic link",
        spoil: (path: string) => {
          renameSync(path, `${path}.real`);
          symlinkSync(`${path}.real`, path);
        },
      },
      {
        name: "another user's",
        spoil: (path: string) => {
          chownSync(path, 65_534, 65_534);
        },
      },
    ])("runs nothing when a level of the path is $name", async ({ spoil }) => {
      const levels: ((bench: Bench) => string)[] = [
        others,
        (bench) => bench.stateRoot,
        (bench) => join(bench.stateRoot, "agents"),
        (bench) => dirname(bench.installed),
      ];
      for (const level of levels) {
        using bench = createBench();
        const connection = await local();
        await converse(await bench.dial(connection));
        const path = level(bench);
        spoil(path);
        const { code, detail } = await failure(bench.dial(connection));
        expect(code, path).toBe("HK2123");
        expect(detail).toContain(path);
        const { execCount } = connection;
        expect(execCount).toBe(3);
        // And nothing is installed there either, when there is no agent to find.
        rmSync(bench.installed);
        expect((await failure(bench.dial(connection))).code, path).toBe("HK2123");
        expect(existsSync(bench.installed), path).toBe(false);
      }
    });

    it("does not run an agent that others can write or own", async () => {
      for (const spoil of ["chmod 0777", "chmod 0775", "chown 65534"]) {
        using bench = createBench();
        const connection = await local();
        await converse(await bench.dial(connection));
        const spoiling = await connection.exec(`${spoil} ${bench.installed}`);
        await spoiling.exit;
        const result = await bench.dial(connection).then(
          (stream) => stream.installed,
          async (error: unknown) => (await failure(Promise.reject(error as Error))).code,
        );
        // A foreign file is replaced; one of root's that others can write is reported.
        expect(["HK2123", "uploaded"]).toContain(result);
      }
    });

    it("uses the home directory for another user, also one with a space in its name", async () => {
      using bench = createBench();
      const home = join(others(bench), "a home");
      const connection = changing(
        await local(),
        (command) =>
          `HOME=${quoted(home)}; export HOME; unset XDG_STATE_HOME; exec setpriv --reuid=65534 --regid=65534 --clear-groups /bin/sh -c ${quoted(command)}`,
      );
      for (const path of [others(bench), dirname(others(bench))]) chmodSync(path, 0o755);
      mkdirSync(home);
      chownSync(home, 65_534, 65_534);
      const usual = {
        artifacts: [bench.artifact],
        elevate: "none",
        report: () => undefined,
      } as const;
      for (const installed of ["uploaded", "cached"]) {
        const stream = await dial(connection, { ...usual, signal: timeLimit() });
        expect(stream).toMatchObject({ installed, stateRoot: `${home}/.local/state/hostkit` });
        expect(await converse(stream)).toBe("ping");
        await stream.exec.exit;
        expect(stream.exec.stderrTail()).toContain(`--root ${home}/.local/state/hostkit`);
      }
      const file = join(
        home,
        ".local/state/hostkit/agents",
        bench.artifact.agentId,
        "hostkit-agent",
      );
      expect(statSync(file)).toMatchObject({ uid: 65_534 });
      chmodSync(file, 0o777);
      expect((await failure(dial(connection, { ...usual, signal: timeLimit() }))).code).toBe(
        "HK2123",
      );
    });

    it("never takes an agent from root's home directory", async () => {
      using bench = createBench();
      const home = join(bench.directory, "home");
      const cached = join(home, ".local/state/hostkit/agents", bench.artifact.agentId);
      mkdirSync(cached, { recursive: true });
      writeFileSync(join(cached, "hostkit-agent"), "x".repeat(bench.artifact.size), {
        mode: 0o755,
      });
      // The warm script alone, with the usual root, on a machine that has no agent there.
      const nonce = "0".repeat(32);
      const connection = withStartupFile(await local(), `HOME=${home}; export HOME`);
      const exec = await connection.exec(warmScript({ nonce, elevate: "none" }, [bench.artifact]));
      const said = Buffer.concat((await exec.stdout.toArray()) as Buffer[]).toString();
      expect(said).toContain(`HKROOT1 ${nonce} /var/lib/hostkit\n`);
      expect(said).not.toContain("HKRUN1");
      expect(await exec.exit).toEqual({ kind: "exited", code: 75 });
    });
  },
);
