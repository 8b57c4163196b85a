import { HostState, SLOW } from "./host-state.ts";
import { createTicker, type ProgressBoard } from "./progress.ts";
import { count, duration } from "./quantity.ts";
import type { Clock, TextStream } from "./stream.ts";
import { oneLine } from "./text.ts";

/** Milliseconds between two words about the same slow step, so that a log shows that it is not hung. */
const HEARTBEAT = 30_000;
const LOOK = 1000;

/** Lines for a log: each phase as it begins, each failure, and whatever takes long. */
export function createSteadyBoard(options: {
  readonly err: TextStream;
  readonly clock: Clock;
  /** Names every step that is done. */
  readonly verbose: boolean;
}): ProgressBoard {
  const { err, clock, verbose } = options;
  const states = new Map<HostState, { said: string; at: number }>();
  const say = (state: HostState, text: string) => err.write(`${state.host}: ${text}\n`);

  const look = () => {
    const now = clock.now();
    for (const [state, last] of states) {
      const oldest = state.oldest();
      if (oldest === undefined || now - oldest.since < SLOW) continue;
      if (last.said === oldest.key && now - last.at < HEARTBEAT) continue;
      states.set(state, { said: oldest.key, at: now });
      say(state, `still ${oldest.words} (${duration(now - oldest.since)})`);
    }
  };
  const ticker = createTicker(clock, { milliseconds: LOOK, tick: look });

  return {
    host: (name) => {
      const state = new HostState(name, clock.now());
      states.set(state, { said: "", at: clock.now() });
      ticker.start();
      return {
        phase: (phase) => {
          if (!state.enter(phase, clock.now())) return;
          say(state, phase.name === "uploading" ? "uploading agent" : phase.name);
        },
        applying: (total) => {
          state.expect(total);
          state.enter({ name: "applying" }, clock.now());
          say(state, `applying ${count(total, "change")}`);
        },
        step: (event) => {
          const took = state.step(event, clock.now());
          if (event.type === "failed") say(state, `failed ${oneLine(event.id)}`);
          if (event.type === "done" && verbose) {
            say(state, `done ${oneLine(event.id)} (${duration(took)})`);
          }
        },
        end: () => {
          states.delete(state);
          if (states.size === 0) ticker.stop();
        },
      };
    },
    aside: (write) => write(),
    close: () => {
      states.clear();
      ticker.stop();
    },
  };
}
