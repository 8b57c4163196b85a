import { createHash } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, it } from "vitest";
import { createOperator, type Operator } from "../../support/cli.ts";
import { describeVm } from "./describe-vm.ts";
import { seeded } from "./seeded.ts";
import { bootVm, type TestVm } from "./vm.ts";

/** The power goes in the middle of an apply, at moments spread over all of it: no file is empty, torn or lost. */

const rounds = 5;
const fileCount = 200;
const limitMs = 600_000;
/** Another one cuts at other moments. */
const seed = Number(process.env["HOSTKIT_VM_SEED"] ?? 1);

/** Some pages long, so that it could be torn; one line, so that its difference is quickly told. */
const content = (index: number, version: number) =>
  `file ${index} of version ${version}, `.repeat(20 + (index % 50) * 20);
const name = (index: number) => `/srv/tree/${String(index).padStart(3, "0")}`;
const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");

describeVm("a power cut", () => {
  let vm: TestVm;
  let operator: Operator;
  beforeAll(async () => {
    vm = await bootVm("vm");
    operator = createOperator(vm);
  }, limitMs);
  afterAll(async () => {
    operator?.[Symbol.dispose]();
    await vm?.poweroff();
  });

  const remote = async (command: string) => {
    const { status, stdout, stderr } = await vm.ssh(command);
    expect(status, `${command}\n${stdout}${stderr}`).toBe(0);
    return stdout;
  };
  const begin = (version: number) => {
    const contents = Array.from({ length: fileCount }, (_, index) => [
      name(index),
      content(index, version),
    ]);
    operator.write("tree.json", JSON.stringify(contents));
    operator.write(
      "hostkit.config.ts",
      `import { readFileSync } from "node:fs";
import { argv, project } from "hostkit";

export default project("test", (p) => {
  p.host("app", { at: "${vm.address}", ssh: { user: "root", port: ${vm.port} } });
  for (const [path, content] of JSON.parse(readFileSync("${operator.home}/tree.json", "utf8")))
    p.file(path, { content });
  p.unit("probe.service", {
    service: { ExecStart: argv("/bin/sleep", "${1000 + version}") },
    install: { WantedBy: "multi-user.target" }, enabled: true, active: true,
  });
});
`,
    );
    let kill: (signal: NodeJS.Signals) => void = () => undefined;
    const result = operator.hostkit(["push", "--host", "app", "--yes"], {
      timeout: limitMs,
      started: (process) => {
        kill = (signal) => process.kill(signal);
      },
    });
    return { result, kill: (signal: NodeJS.Signals) => kill(signal) };
  };
  const push = async (version: number) => {
    const { status, stdout, stderr } = await begin(version).result;
    expect(status, `${stdout.slice(-2000)}${stderr}`).toBe(0);
    return stdout;
  };
  /** Settles when a run has begun that was not there when it was called. */
  const watchForRun = async () => {
    const runs = "$(ls /var/lib/hostkit/runs 2>/dev/null | wc -l)";
    const ready = await remote(`echo ${runs}`);
    return remote(
      `for i in $(seq 3000); do if test ${runs} -gt ${ready.trim()}; then exit 0; fi; sleep 0.02; done; exit 1`,
    );
  };

  /** Milliseconds from the begin of a run to the end of the push. */
  let applyMs = 0;
  it(
    "first: pushes go through",
    async () => {
      await push(0);
      const { result } = await beginWatched(1);
      const begun = performance.now();
      expect((await result).status).toBe(0);
      applyMs = performance.now() - begun;
      expect(await push(1)).toMatch(/^No changes\./m);
      say(`An apply of ${fileCount} files takes ${Math.round(applyMs)} ms here; seed ${seed}.`);
    },
    limitMs,
  );

  /** Returns when the run has begun. */
  const beginWatched = async (version: number) => {
    // The watcher has to look before the push can begin.
    const pushing = sleep(2_000).then(() => begin(version));
    const [pushed] = await Promise.all([pushing, watchForRun()]);
    return pushed;
  };

  const random = seeded(seed);
  // One in each part of the apply.
  const moments = Array.from(
    { length: rounds },
    (_, round) => Math.round(((round + random()) / rounds) * 100) / 100,
  );

  /** What the machine is known to be as. A round that failed leaves it anyhow. */
  let base = 1;

  /** What brings an operator out of it, and whether the files are new then. */
  const ways = [
    { way: ["push", "--yes"], isNew: true },
    { way: ["resume", "--yes"], isNew: true },
    { way: ["rollback", "--yes"], isNew: false },
  ];

  it.each(
    moments.map((moment, round) => ({ moment, version: round + 2, ...ways[round % ways.length]! })),
  )(
    "at $moment of an apply leaves each file old or new, and one $way.0 is enough",
    async ({ moment, version, way, isNew }) => {
      if (base !== version - 1) await push(version - 1);
      const { result, kill } = await beginWatched(version);
      await sleep(moment * applyMs);
      await vm.powerCut();
      // It would look for the machine for a while, and that is not what is asked here.
      kill("SIGKILL");
      await result;
      const started = performance.now();
      await vm.start();
      const bootMs = performance.now() - started;

      const found = await files();
      const newFiles = isWhole(found, version);
      // What was changed stands in a journal that was on disk before.
      const { records, torn } = await lastJournal();
      const intents = records.filter(({ type }) => type === "intent").map(({ id }) => id);
      expect(intents).toEqual(expect.arrayContaining(newFiles.map((path) => `file:${path}`)));
      const temporary = await temporaries();

      const [verb = "", ...flags] = way;
      const settled = await operator.hostkit([verb, "--host", "app", ...flags], {
        timeout: limitMs,
      });
      expect(settled.status, `${settled.stdout.slice(-2000)}${settled.stderr}`).toBe(0);
      expect(isWhole(await files(), version)).toHaveLength(isNew ? fileCount : 0);
      expect(await temporaries()).toBe(0);

      if (!isNew) await push(version);
      expect(await push(version)).toMatch(/^No changes\./m);
      const command = await remote(
        "tr '\\0' ' ' </proc/$(systemctl show -P MainPID probe)/cmdline",
      );
      expect(command).toBe(`/bin/sleep ${1000 + version} `);
      base = version;
      say(
        `Cut at ${moment}: ${newFiles.length} of ${fileCount} files new, none torn; journal of ${records.length} lines${torn ? " and a torn one" : ""}; ${temporary} temporary files; booted in ${Math.round(bootMs)} ms; ${verb} did it.`,
      );
    },
    limitMs,
  );

  /** Those of the version; all others have to be of the one before, none may lack. */
  const isWhole = (found: ReadonlyMap<string, string>, version: number): string[] => {
    const paths = Array.from({ length: fileCount }, (_, index) => name(index));
    expect([...found.keys()].toSorted()).toEqual(paths);
    return paths.filter((path, index) => {
      const [old, made] = [version - 1, version].map((each) => sha256(content(index, each)));
      expect([old, made], path).toContain(found.get(path));
      return found.get(path) === made;
    });
  };

  const temporaries = async () => Number(await remote("find / -xdev -name '.*.hostkit-*' | wc -l"));

  const files = async (): Promise<ReadonlyMap<string, string>> => {
    const sums = await remote(
      "cd /srv/tree && find . -maxdepth 1 -type f -name '[0-9]*' -exec sha256sum {} +",
    );
    return new Map(
      sums
        .split("\n")
        .filter((line) => line !== "")
        .map((line) => [`/srv/tree/${line.slice(68)}`, line.slice(0, 64)]),
    );
  };

  /** Of the run that was cut off. Only its last line may be torn, and only what is before it counts. */
  const lastJournal = async () => {
    const text = await remote(
      "cat /var/lib/hostkit/runs/$(ls /var/lib/hostkit/runs | tail -n 1)/journal.jsonl 2>/dev/null || true",
    );
    const lines = text.split("\n");
    const torn = lines.pop() !== "";
    const records = lines.map((line) => JSON.parse(line) as { type: string; id?: string });
    return { torn, records };
  };
});

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}
