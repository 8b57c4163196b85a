import { loadProject } from "../../client/compile/load.ts";
import { createOperator } from "../support/cli.ts";
import { smallFiles } from "./declarations.ts";
import { measureRecord } from "./record.ts";

/** Tells its parent what the record of one first apply costs. */

using operator = createOperator();
const cost = await measureRecord(async (directory) => {
  const text = smallFiles(1000, "record").replaceAll("/srv/bench", directory);
  operator.write("hostkit.config.ts", text);
  return (await loadProject({ cwd: operator.home })).manifestFor("app");
});
process.send?.(cost);
