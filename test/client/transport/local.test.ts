import { describe, expect, it } from "vitest";

import { createLocalTransport } from "../../../client/transport/local.ts";
import { failure, timeLimit } from "./scratch.ts";

async function exec(command: string) {
  const connection = await createLocalTransport().connect(timeLimit());
  return { connection, exec: await connection.exec(command) };
}

describe.skipIf(process.platform !== "linux")("the local transport (needs Linux)", () => {
  it("runs a command through /bin/sh and tells how it ended", async () => {
    const { connection, exec: echo } = await exec("cat; echo trouble >&2; exit 3");
    echo.stdin.end("hello");
    expect(Buffer.concat((await echo.stdout.toArray()) as Buffer[]).toString()).toBe("hello");
    expect(await echo.exit).toEqual({ kind: "exited", code: 3 });
    expect(echo.stderrTail()).toBe("trouble\n");
    expect(connection.label).toBe("local");
    expect(connection.execCount).toBe(1);
    const killed = await connection.exec("kill -TERM $$");
    expect(await killed.exit).toEqual({ kind: "signalled", signal: "SIGTERM" });
  });

  it("gives the command a session of its own, out of reach of Ctrl-C", async () => {
    const { exec: ps } = await exec(
      "cut -d' ' -f6 /proc/self/stat; cut -d' ' -f6 /proc/$PPID/stat",
    );
    const [own, ours] = Buffer.concat((await ps.stdout.toArray()) as Buffer[])
      .toString()
      .split("\n");
    expect(own).not.toBe(ours);
  });

  it("settles a write to a command that has ended", async () => {
    const { exec: ended } = await exec("exec <&-; exit 0");
    await ended.exit;
    const error = await new Promise((resolve) => {
      ended.stdin.write(Buffer.alloc(1_000_000), resolve);
    });
    expect(error).toBeInstanceOf(Error);
  });

  it("does not wait for ever for a grandchild that keeps the streams", async () => {
    const { exec: forked } = await exec("sleep 5 & exit 4");
    const before = performance.now();
    expect(await forked.exit).toEqual({ kind: "exited", code: 4 });
    expect(performance.now() - before).toBeLessThan(4_000);
  });

  it("lets go of what still runs when it is closed", async () => {
    const { connection, exec: running } = await exec("cat >/dev/null");
    await connection.close();
    expect(await running.exit).toEqual({ kind: "lost", reason: "closed by this side" });
  });
});

describe("the local transport on another system", () => {
  it("says that only Linux can be managed", async () => {
    const { code, detail } = await failure(createLocalTransport("darwin").connect(timeLimit()));
    expect(code).toBe("HK2040");
    expect(detail).toContain("darwin");
  });
});
