import type { Change } from "../shared/plan.ts";
import { kindOf } from "../shared/resources/registry.ts";
import { isDriven } from "./steps.ts";

/** The same, told how it could lock out whoever logged in as `login`, if it could. */
export function withDanger(change: Change, login: string): Change {
  const { kind, desired } = change.resource;
  const danger = isDriven(change) ? kindOf(kind).danger?.(desired, login) : undefined;
  return danger === undefined ? change : { ...change, danger };
}
