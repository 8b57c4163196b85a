import { HostKitError } from "../../shared/diagnostic.ts";
import { isTemplate } from "../../shared/resources/unit-rules.ts";
import { UNIT_DIRECTORY } from "../../shared/resources/unit.ts";
import { daemonReload, NoSystemd, showUnits, systemctl } from "../host/systemctl.ts";
import type { Step } from "./driver.ts";
import { enableAndDisable, filesAsSeen, refused, runJobs, type UnitRun } from "./unit-apply.ts";
import { Batch } from "./unit-batch.ts";
import { noAnswer, writeFailure } from "./unit-failures.ts";

/**
 * Removes a batch of units phase by phase, each phase one call for all: stop and disable while systemd still has their
 * files, then the files, then one daemon-reload. The steps come in such an order that whatever uses a unit is before it.
 */
export async function removeUnits(
  steps: readonly Step<"unit">[],
  { context, settle }: UnitRun,
): Promise<void> {
  // A batch stops in reverse of its order, which is that of starting.
  const batch = new Batch(steps.toReversed(), context);
  try {
    await filesAsSeen(batch.works, context.host);
    for (const work of batch.works) batch.begin(work);
    await runJobs(batch, settle);
    await enableAndDisable(batch);
    await removeFiles(batch);
    await forget(batch);
  } catch (error) {
    if (!(error instanceof NoSystemd)) throw error;
    throw new HostKitError(noAnswer(batch.open(), error.message, batch.story()), { cause: error });
  }
  for (const work of batch.works.toReversed()) batch.finish(work);
}

async function removeFiles(batch: Batch): Promise<void> {
  for (const work of batch.works.toReversed()) {
    if (!work.write) continue;
    try {
      await batch.context.host.removeFile(`${UNIT_DIRECTORY}/${work.name}`);
    } catch (error) {
      throw writeFailure(work.step, { error, story: batch.story() });
    }
    batch.note(work, "file removed");
  }
}

/** systemd keeps a unit that failed in memory, without its file too, until it is told to forget. */
async function forget(batch: Batch): Promise<void> {
  const { host } = batch.context;
  const result = await daemonReload(host);
  if (result.status !== 0) throw refused(batch, batch.works, { verb: "daemon-reload", result });
  const names = batch.works.map((work) => work.name).filter((name) => !isTemplate(name));
  if (names.length === 0) return;
  const states = await showUnits(host, names, ["ActiveState"]);
  const failed = names.filter((_name, index) => states[index]?.ActiveState === "failed");
  if (failed.length > 0) await systemctl(host, "reset-failed", failed);
}
