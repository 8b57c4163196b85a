import { describe, expect, it } from "vitest";
import { countDrift, driftOf, type Standing } from "../../shared/drift.ts";

/** Values a resource can have; `undefined`: there is none. */
const VALUES = [undefined, "a", "b", "c"] as const;
type Value = (typeof VALUES)[number];

/** How a push stands to a resource that is only a value. */
function standing(declared: Value, applied: Value, found: Value): Standing {
  const isSame = declared === found;
  const push = !isSame ? "host" : declared === applied ? "nothing" : "record";
  return {
    push,
    found: applied === undefined ? "never" : found === applied ? "as-applied" : "otherwise",
    declared: declared === applied ? "as-applied" : "otherwise",
  };
}

const cases = VALUES.flatMap((declared) =>
  VALUES.flatMap((applied) => VALUES.map((found) => ({ declared, applied, found }))),
);

describe("the drift of a resource", () => {
  it.each(cases)("$declared declared, $applied applied, $found there", (values) => {
    const { declared, applied, found } = values;
    const drift = driftOf(standing(declared, applied, found));
    // In sync, and known to be: nothing to tell.
    if (declared === found && declared === applied) expect(drift).toBeUndefined();
    // Only the ledger is behind.
    else if (declared === found) expect(drift).toBe("pending");
    else if (applied === undefined || found === applied) expect(drift).toBe("pending");
    else if (declared === applied) expect(drift).toBe("outside");
    else expect(drift).toBe("both");
  });

  it("is none exactly where a push has nothing to do", () => {
    for (const push of ["host", "record", "nothing"] as const) {
      for (const found of ["as-applied", "otherwise", "never"] as const) {
        for (const declared of ["as-applied", "otherwise"] as const) {
          const drift = driftOf({ push, found, declared });
          expect(drift === undefined).toBe(push === "nothing");
        }
      }
    }
  });

  it("blames nobody but the declaration where the host is as it was applied", () => {
    for (const push of ["host", "record"] as const) {
      for (const declared of ["as-applied", "otherwise"] as const) {
        expect(driftOf({ push, found: "as-applied", declared })).toBe("pending");
      }
    }
  });
});

it("each finding is counted once", () => {
  const drifts = ["outside", "both", "outside", "pending"] as const;
  expect(countDrift(drifts.map((drift) => ({ drift })))).toEqual({
    outside: 2,
    pending: 1,
    both: 1,
  });
});
