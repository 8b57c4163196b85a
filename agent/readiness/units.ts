import type { UnitName } from "../../shared/brands.ts";
import type { Host } from "../host/host.ts";
import { NoSystemd, showUnits } from "../host/systemctl.ts";
import { RUN_STATE, type RunState } from "../resources/unit-state.ts";

/** Milliseconds that a unit has to be failed before it counts as such: between two starts it may look like it. */
const FOR_GOOD = 500;

export interface UnitsSeen {
  /** By name; a unit is missing where systemd did not answer. */
  readonly states: ReadonlyMap<UnitName, RunState>;
  /** Those that have failed, and nothing starts them again. */
  readonly failed: readonly RunState[];
}

const NOTHING: UnitsSeen = { states: new Map(), failed: [] };

/** Looks at units again and again, one process for all of them each time. */
export function looksAtUnits(host: Host, names: readonly UnitName[]): () => Promise<UnitsSeen> {
  const failedSince = new Map<UnitName, number>();
  return async () => {
    if (names.length === 0) return NOTHING;
    const states = await statesOf(host, names);
    const now = performance.now();
    const failed = [...states].flatMap(([name, state]) => {
      // systemd 254 and later have a state of their own for what is about to be started again.
      if (state.ActiveState !== "failed" || state.SubState !== "failed") {
        failedSince.delete(name);
        return [];
      }
      const since = failedSince.get(name) ?? now;
      failedSince.set(name, since);
      return now - since >= FOR_GOOD ? [state] : [];
    });
    return { states, failed };
  };
}

async function statesOf(
  host: Host,
  names: readonly UnitName[],
): Promise<ReadonlyMap<UnitName, RunState>> {
  try {
    const states = await showUnits(host, names, RUN_STATE);
    return new Map(names.map((name, index) => [name, states[index] as RunState]));
  } catch (error) {
    if (error instanceof NoSystemd) return new Map();
    throw error;
  }
}
