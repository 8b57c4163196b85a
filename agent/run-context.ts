import type { Diagnostic } from "../shared/diagnostic.ts";
import type { Outcome } from "../shared/outcome.ts";
import type { Watchdog } from "./executor/watchdog.ts";
import type { Events } from "./transaction/events.ts";
import type { SecretValues } from "./secrets/secret-values.ts";
import type { Root } from "./transaction/places.ts";
import type { Requested } from "./transaction/request.ts";

/** What everything that works on one run is given. */
export interface RunContext extends Root {
  readonly requested: Requested;
  readonly agentId: string;
  readonly bootId: string;
  readonly events: Events;
  readonly secrets: SecretValues;
  /** Absent where there is no systemd: then only the run's own process can take it back. */
  readonly watchdog?: Watchdog | undefined;
  /**
   * Whether the run is to stop before its next change: `asked` by an operator, or `ending`: this process is being ended, by a
   * shutdown for one, and there is no time for more.
   */
  readonly stopping: () => "asked" | "ending" | undefined;
}

/** What became of a run; no outcome: it goes on later, by whoever finds it. */
export interface RunResult {
  readonly outcome: Outcome | null;
  readonly diagnostics: readonly Diagnostic[];
}
