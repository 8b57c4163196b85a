import type { ResourceId } from "../../shared/brands.ts";
import type { Entry } from "../host/host.ts";
import type { ApplyContext, UndoContext } from "./driver.ts";
import { editedAfterRun, editedDuringRun } from "./edited-meanwhile.ts";
import { editOf, type Facts, sameData, standingOf } from "./path-facts.ts";
import { cameWithHome } from "./new-home.ts";

/** Looks at one path right before something is done to it, and refuses what somebody else did there. */

interface Place {
  readonly id: ResourceId;
  readonly path: string;
  readonly before: Facts;
}

/** What there is to be replaced or changed: what the run saw when it began, and nothing else. */
export async function lookBeforeWrite(
  { id, path, before }: Place,
  { host, names }: Pick<ApplyContext, "host" | "names">,
): Promise<Entry> {
  const now = await look(path, host);
  const where = { path, names: await names() };
  const edit = editOf(now, before, where);
  if (edit === undefined) return now;
  if (before.type === "absent" && (await cameWithHome(host, { ...where, now }))) return now;
  throw editedDuringRun(id, edit);
}

/** What an undo finds; `before` may still have to get the metadata of before. */
export async function lookBeforeUndo(
  { id, path, before, after }: Place & { readonly after: Facts },
  context: UndoContext,
): Promise<{ readonly found: "before" | "after"; readonly now: Entry }> {
  const { host } = context;
  const now = await look(path, host);
  const where = { path, names: await context.names() };
  const found = standingOf(now, { before, after }, where);
  if (found !== undefined) return { found, now };
  if (before.type === "absent" && (await cameWithHome(host, { ...where, now }))) {
    return { found: "after", now };
  }
  // A removal is an edit, too: whoever removed what the run put there does not want the file of before in its place.
  const what = editOf(now, sameData(now, before) ? before : after, where) ?? "it was changed";
  throw editedAfterRun(id, { what, kept: context.kept(path) });
}

async function look(path: string, host: ApplyContext["host"]): Promise<Entry> {
  const [entry] = await host.inspect([path], { digest: true });
  return entry ?? { type: "absent" };
}
