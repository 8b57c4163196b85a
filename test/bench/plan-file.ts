import { statSync } from "node:fs";
import { join } from "node:path";
import { readArtifactFile } from "../../client/artifact/read-artifact-file.ts";
import type { Operator } from "../support/cli.ts";
import { mixed } from "./declarations.ts";
import type { Row } from "./table.ts";

/** A plan that creates a thousand resources, as a file: its size, and what it takes to find it whole and unchanged. */
export async function ofAPlanFile(operator: Operator, target: string): Promise<Row[]> {
  const text = mixed(1000)
    .replaceAll("/srv/mixed", "/srv/saved")
    .replaceAll("bench", "saved")
    .replaceAll("`user", "`saver")
    .replaceAll("`group", "`savers");
  operator.write("hostkit.config.ts", text);
  const planned = await operator.hostkit(["plan", "--ssh", target, "--out", "plan.json"]);
  if (planned.status !== 0)
    throw new Error(`plan ended with ${planned.status}:\n${planned.stderr}`);
  const path = join(operator.home, "plan.json");
  const { size } = statSync(path);
  // The first one of this process, as for whoever applies it.
  const begun = performance.now();
  await readArtifactFile(path);
  const time = performance.now() - begun;
  return [
    {
      what: "plan file of 1000 new resources",
      measured: `${(size / 1e6).toFixed(2)} MB`,
      goal: "< 1 MB",
      met: size < 1e6,
    },
    {
      what: "the same, read and verified",
      measured: `${Math.round(time)} ms`,
      goal: "< 100 ms",
      met: time < 100,
    },
  ];
}
