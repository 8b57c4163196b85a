import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createRunLock } from "../../agent/run-lock.ts";

describe("the lock of a run", () => {
  let directory: string;
  let path: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), "hostkit-lock-"));
    path = join(directory, "state/lock");
  });
  let holder: ChildProcess | undefined;
  afterEach(() => {
    holder?.kill("SIGKILL");
    rmSync(directory, { recursive: true, force: true });
  });

  /** Runs work under the lock, waiting so many milliseconds for it. */
  const lockFor =
    (patience: number) =>
    <Result>(work: () => Promise<Result>): Promise<Result> =>
      createRunLock(path)(work, { patience, name: "The run of a test" });

  /** Holds the lock until it is told to let go. */
  const hold = () => {
    let letGo = (): void => undefined;
    const released = new Promise<void>((done) => {
      letGo = done;
    });
    let report = (): void => undefined;
    const held = new Promise<void>((done) => {
      report = done;
    });
    const over = lockFor(5_000)(async () => {
      report();
      await released;
    });
    return { held, letGo, over };
  };

  it("lets one run after the other through", async () => {
    const order: string[] = [];
    const run = (name: string) =>
      lockFor(5_000)(async () => {
        order.push(`${name} begins`);
        await new Promise((done) => setTimeout(done, 20));
        order.push(`${name} ends`);
        return name;
      });
    expect(await Promise.all([run("a"), run("b"), run("c")])).toEqual(["a", "b", "c"]);
    for (let index = 0; index < order.length; index += 2) {
      expect(order[index + 1]).toBe(order[index]?.replace("begins", "ends"));
    }
    expect(order).toHaveLength(6);
  });

  it("is not waited for without end, and says who holds it", async () => {
    const { held, letGo, over } = hold();
    await held;
    const patient = lockFor(50);
    const work = () => Promise.reject(new Error("began"));
    await expect(patient(work)).rejects.toMatchObject({
      diagnostics: [
        {
          code: "HK4003",
          detail: expect.stringMatching(
            new RegExp(`The run of a test, at work since .+ as process ${process.pid}`),
          ),
        },
      ],
    });
    letGo();
    await over;
    expect(await patient(() => Promise.resolve("mine"))).toBe("mine");
  });

  it("is no longer waited for when nobody wants it any more", async () => {
    const { held, letGo, over } = hold();
    await held;
    const stop = new AbortController();
    const work = () => Promise.reject(new Error("began"));
    const options = { patience: 60_000, name: "a test", signal: stop.signal };
    const waiting = createRunLock(path)(work, options);
    setTimeout(() => stop.abort(), 50);
    await expect(waiting).rejects.toThrow("HK4073");
    await expect(createRunLock(path)(work, options)).rejects.toThrow("HK4073");
    letGo();
    await over;
    expect(await lockFor(0)(() => Promise.resolve("free"))).toBe("free");
  });

  it("is kept by whoever has it, wanted or not", async () => {
    const stop = new AbortController();
    const options = { patience: 0, name: "a test", signal: stop.signal };
    await createRunLock(path)(async () => {
      stop.abort();
      await expect(lockFor(100)(() => Promise.resolve())).rejects.toThrow("HK4003");
    }, options);
  });

  it("is free again after a run that failed", async () => {
    const lock = lockFor(5_000);
    await expect(lock(() => Promise.reject(new Error("no")))).rejects.toThrow("no");
    expect(await lock(() => Promise.resolve("next"))).toBe("next");
  });

  it("is free again when its holder is killed", async () => {
    const script = join(directory, "hold.mts");
    const module = JSON.stringify(resolve("agent/run-lock.ts"));
    writeFileSync(
      script,
      `import { createRunLock } from ${module};
await createRunLock(${JSON.stringify(path)})(async () => {
  process.stdout.write("held");
  await new Promise(() => setInterval(() => undefined, 60_000));
}, { patience: 5_000, name: "a child" });
`,
    );
    const child = spawn(process.execPath, ["--import", "tsx", script], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    holder = child;
    await once(child.stdout, "data");
    const impatient = lockFor(50);
    await expect(impatient(() => Promise.resolve())).rejects.toThrow("HK4003");
    child.kill("SIGKILL");
    expect(await lockFor(5_000)(() => Promise.resolve("free"))).toBe("free");
  }, 20_000);

  it("refuses what it can't keep apart", async () => {
    writeFileSync(join(directory, "state"), "a file");
    const work = () => Promise.reject(new Error("began"));
    await expect(lockFor(50)(work)).rejects.toThrow(/HK4004.*state\/lock.*Nothing was changed/);
  });
});
