import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadProject } from "../../client/compile/load.ts";
import { bootHost, type TestHost } from "../hosts/support/host.ts";
import { hostsAvailable } from "../hosts/support/requirements.ts";
import { createOperator, type Operator } from "../support/cli.ts";
import { startAgent, unpackAgent } from "./agent.ts";
import { documents, mixed, smallFiles } from "./declarations.ts";
import { median, once } from "./measure.ts";
import { ofAPlanFile } from "./plan-file.ts";
import { costOfRecord } from "./record.ts";
import { formatRows, type Row } from "./table.ts";

/** `npm run bench`: what a person waits for, against `ssh host true` on the same host in the same run. */

const ms = (time: number) => `${Math.round(time)} ms`;
const RUNS = 7;

async function againstSsh(host: TestHost, operator: Operator): Promise<Row[]> {
  const push = async (...more: string[]) => {
    const result = await operator.hostkit([
      "push",
      "--yes",
      "--ssh",
      `root@${host.address}`,
      ...more,
    ]);
    if (result.status !== 0) throw new Error(`push ended with ${result.status}:\n${result.stderr}`);
  };
  const declare = (text: string) => operator.write("hostkit.config.ts", text);

  const raw = await median(RUNS, () => host.ssh("true"));
  const rows: Row[] = [{ what: "ssh host true", measured: ms(raw), ratio: 1, goal: "", met: true }];
  const compare = (what: string, time: number, limit: number) =>
    rows.push({
      what,
      measured: ms(time),
      ratio: time / raw,
      goal: `<= ${limit}x`,
      met: time / raw <= limit,
    });

  declare(smallFiles(2, "cold"));
  const cold = await once(push);
  rows.push({
    what: "cold first contact, agent uploaded",
    measured: ms(cold),
    ratio: cold / raw,
    goal: "< 3000 ms",
    met: cold < 3000,
  });

  for (const [count, limit] of [
    [100, 3],
    [1000, 5],
  ] as const) {
    declare(mixed(count));
    await push();
    compare(`no-op push, ${count} mixed resources`, await median(RUNS, push), limit);
  }

  rows.push(await ofDocuments({ declare, push }));

  const first: number[] = [];
  for (let run = 0; run < 3; run++) {
    await host.ssh("rm -rf /srv/bench");
    declare(smallFiles(1000, "new"));
    first.push(await once(push));
  }
  const firstApply = first.toSorted((a, b) => a - b)[1]!;
  compare("first apply, 1000 small files", firstApply, 15);
  rows.push(await ofTheRecord(firstApply));
  compare("no-op push, 1000 small files", await median(RUNS, push), 5);
  rows.push(...(await ofAPlanFile(operator, `root@${host.address}`)));
  return rows;
}

/** Comparing documents by key, against comparing the same number of files by their digests. */
async function ofDocuments({
  declare,
  push,
}: {
  declare: (text: string) => void;
  push: () => Promise<void>;
}): Promise<Row> {
  const noOp = async (as: "documents" | "plain files") => {
    declare(documents(300, as));
    await push();
    return median(RUNS, push);
  };
  const plain = await noOp("plain files");
  const time = await noOp("documents");
  return {
    what: "no-op push, 300 files, 100 of them documents, against plain",
    measured: `${ms(time)}, ${(time / plain).toFixed(2)}x`,
    goal: "<= 1.5x",
    met: time / plain <= 1.5,
  };
}

async function ofTheAgent(): Promise<Row[]> {
  const scratch = mkdtempSync(join(tmpdir(), "hostkit-bench-"));
  try {
    const path = await unpackAgent(scratch);
    const starts: number[] = [];
    for (let run = 0; run < RUNS; run++) {
      const agent = await startAgent(path, scratch);
      starts.push(agent.start);
      await agent.session.close();
    }
    const start = starts.toSorted((a, b) => a - b)[Math.floor(RUNS / 2)]!;

    using operator = createOperator();
    const text = smallFiles(1000, "memory").replaceAll("/srv/bench", join(scratch, "files"));
    operator.write("hostkit.config.ts", text);
    const { manifest, contents } = await (
      await loadProject({ cwd: operator.home })
    ).manifestFor("app");
    const agent = await startAgent(path, scratch);
    const { plan } = await agent.session.plan(manifest, contents);
    if (plan === null) throw new Error("no plan");
    await agent.session.apply(plan, {
      contents,
      onFailure: "rollback",
      wait: 0,
      onEvent: () => undefined,
    });
    await agent.session.plan(manifest, contents);
    const peak = agent.peakMemory();
    await agent.session.close();
    return [
      { what: "agent start to hello", measured: ms(start), goal: "< 80 ms", met: start < 80 },
      {
        what: "agent peak memory, 1000 resources planned and applied",
        measured: `${Math.round(peak / 1e6)} MB`,
        goal: "< 90 MB",
        met: peak < 90e6,
      },
    ];
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** What being able to take a run back costs, of the time that a person waits for a first apply of the same. */
async function ofTheRecord(firstApply: number): Promise<Row> {
  const costs: number[] = [];
  for (let run = 0; run < 5; run++) costs.push(await costOfRecord());
  const record = costs.toSorted((a, b) => a - b)[2]!;
  const share = record / firstApply;
  return {
    what: "record of a first apply, 1000 small files",
    measured: `${ms(record)}, ${Math.round(share * 100)} %`,
    goal: "<= 15 %",
    met: share <= 0.15,
  };
}

async function ofTheClient(operator: Operator): Promise<Row[]> {
  operator.write("hostkit.config.ts", mixed(300));
  const check = await median(RUNS, () => operator.hostkit(["check"]));
  const version = await median(RUNS, () => operator.hostkit(["version"]));
  return [
    {
      what: "hostkit check, 300 resources",
      measured: ms(check),
      goal: "< 500 ms",
      met: check < 500,
    },
    { what: "hostkit version", measured: ms(version), goal: "< 100 ms", met: version < 100 },
  ];
}

async function main(): Promise<void> {
  const rows: Row[] = [];
  const available = hostsAvailable();
  if (available.ok) {
    await using host = await bootHost({ name: "bench" });
    using operator = createOperator(host);
    rows.push(...(await againstSsh(host, operator)));
  } else {
    console.log(`No host can be booted here, so nothing is compared with ssh: ${available.reason}`);
  }
  using operator = createOperator();
  rows.push(...(await ofTheAgent()), ...(await ofTheClient(operator)));
  console.log(`\n${formatRows(rows)}`);
}

await main();
