import type { Action, EdgeReason } from "../../shared/change.ts";
import type { Change, Plan, PlanSummary } from "../../shared/plan.ts";
import type { Paint } from "./paint.ts";
import { count } from "./quantity.ts";
import { sizeOf } from "./selection-text.ts";
import { oneLine } from "./text.ts";
import type { PlanShown } from "./view.ts";

/** What every rendering of a plan says of a change in the same words. */

/** Removals before everything else; within both groups the order in which it will be done. */
export function inOrder({ changes }: Pick<Plan, "changes">): Change[] {
  return [...changes.filter(isDestructive), ...changes.filter((change) => !isDestructive(change))];
}

export function isDestructive({ action }: Pick<Change, "action">): boolean {
  return action === "delete" || action === "replace";
}

/** Something that is only let go of: nothing on the host changes. */
export function isRelease({ action, reason }: Change): boolean {
  return action === "none" && reason === "not-declared";
}

/** What becomes of something that is let go of. */
export function releaseWords(change: Change): string {
  return staysBecause(change) === undefined
    ? "is not on the host any more, and no longer managed"
    : "stays on the host, and is no longer managed";
}

export const staysBecause = ({ differences }: Change) =>
  differences.find(({ field }) => field === "stays")?.after;

const MARKS: Record<Action, string> = {
  create: "+",
  update: "~",
  replace: "±",
  delete: "-",
  restart: "!",
  reload: "!",
  run: "!",
  none: " ",
};

export function markOf(change: Change): string {
  return isUnsure(change) ? "?" : MARKS[change.action];
}

const COLOURS: Record<Action, "create" | "change" | "remove" | "effect" | "faint"> = {
  create: "create",
  update: "change",
  replace: "remove",
  delete: "remove",
  restart: "effect",
  reload: "effect",
  run: "effect",
  none: "faint",
};

export function colourOf(change: Change, paint: Paint): (text: string) => string {
  return isUnsure(change) ? paint.unknown : paint[COLOURS[change.action]];
}

/** What is taken away stays marked as such, however little is known of the rest. */
const isUnsure = (change: Change) =>
  change.prediction.class === "unknown" && !isDestructive(change);

/** The mark says what happens to things that are or are not there; what else happens is said in words. */
export function reasonOf({ action, reason }: Change): string {
  const words = reason.replaceAll("-", " ");
  return action === "restart" || action === "reload" || action === "run"
    ? `${action}, ${words}`
    : words;
}

/** `parent directory`. */
export const edgeWords = (reason: EdgeReason): string => reason.replaceAll("-", " ");

/** The same words in the same order whatever the counts: people and scripts look for it. */
export function summaryLine({ create, change, remove, restarts, unknown }: PlanSummary): string {
  return `Plan: ${create} to create, ${change} to change, ${remove} to remove, ${restarts} restarts, ${unknown} unknown.`;
}

export function noChanges({ host, plan }: Pick<PlanShown, "host" | "plan">): string {
  if (plan.reverts !== undefined) {
    return `Nothing to take back: ${oneLine(host)} has nothing that is as the run ${plan.reverts} made it.`;
  }
  if (plan.selection !== undefined) {
    return `No changes. ${oneLine(host)} is as declared, as far as it is selected (${sizeOf(plan.selection, plan.unchanged)}).`;
  }
  return `No changes. ${oneLine(host)} is as declared (${count(plan.unchanged, "resource")}).`;
}

/** What a person agrees to besides the changes, where one of them could be the last that they make. */
export const CONFIRMATION =
  "Some of it could lock you out: it is taken back by itself unless HostKit comes in again over a new connection when all is done.";
