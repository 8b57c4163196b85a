import { statSync } from "node:fs";
import { join } from "node:path";
import type { Operator } from "../support/cli.ts";
import { mixed, smallFiles } from "./declarations.ts";
import { median } from "./measure.ts";
import type { Row } from "./table.ts";

const RUNS = 7;

/** A plan that creates a thousand resources, as a file: its size, and what it takes to find it whole and unchanged. */
export async function ofAPlanFile(operator: Operator, target: string): Promise<Row[]> {
  const save = async (file: string, declaration: string) => {
    operator.write("hostkit.config.ts", declaration);
    const planned = await operator.hostkit(["plan", "--ssh", target, "--out", file]);
    if (planned.status === 0) return;
    throw new Error(`plan ended with ${planned.status}:\n${planned.stderr}`);
  };
  const large = mixed(1000)
    .replaceAll("/srv/mixed", "/srv/saved")
    .replaceAll("bench", "saved")
    .replaceAll("`user", "`saver")
    .replaceAll("`group", "`savers");
  await save("large.json", large);
  // Of a project of its own, so that nothing of what was pushed before is to be removed.
  const small = smallFiles(2, "saved").replaceAll("bench", "small");
  await save("small.json", small);
  const { size } = statSync(join(operator.home, "large.json"));
  const show = (file: string) => median(RUNS, () => operator.hostkit(["show", file, "--quiet"]));
  // A line for each of its changes is in it; the start of the program is not.
  const time = (await show("large.json")) - (await show("small.json"));
  return [
    {
      what: "plan file of 1000 new resources",
      measured: `${(size / 1e6).toFixed(2)} MB`,
      goal: "< 1 MB",
      met: size < 1e6,
    },
    {
      what: "the same read, verified and listed, against one with 2",
      measured: `+${Math.round(time)} ms`,
      goal: "< 100 ms",
      met: time < 100,
    },
  ];
}
