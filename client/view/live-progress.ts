import { asciiText } from "./ascii.ts";
import { HostState } from "./host-state.ts";
import type { Paint } from "./paint.ts";
import { createTicker, type ProgressBoard } from "./progress.ts";
import type { Clock, TextStream } from "./stream.ts";
import { crop, displayWidth } from "./text.ts";

/** Milliseconds between two drawings: often enough to look alive. */
const REDRAW = 100;

/** One line for each host at the bottom of a terminal, redrawn in place and taken away when the host is done. */
export function createLiveBoard(options: {
  readonly err: TextStream;
  readonly clock: Clock;
  readonly paint: Paint;
}): ProgressBoard {
  const { err, clock, paint } = options;
  const states = new Set<HostState>();
  let drawn = 0;

  const erase = () => {
    // To the first line of the board, then everything from there on: ECMA-48 CUU, ED.
    if (drawn > 0) err.write(`\u001b[${drawn}A\u001b[J`);
    drawn = 0;
  };
  const draw = () => {
    const room = Math.max(err.rows - 1, 1);
    const plain = [...states].map((state) => state.liveLine(clock.now(), paint));
    const lines = plain.slice(0, plain.length > room ? room - 1 : room);
    if (plain.length > lines.length) lines.push(`and ${plain.length - lines.length} more`);
    // A line that wraps would break the count of lines to go back.
    const fitted = lines.map((line) => cropPainted(line, err.columns - 1, paint));
    erase();
    if (fitted.length > 0) err.write(`${fitted.join("\n")}\n`);
    drawn = fitted.length;
  };
  const ticker = createTicker(clock, { milliseconds: REDRAW, tick: draw });

  return {
    host: (name) => {
      const state = new HostState(name, clock.now());
      states.add(state);
      ticker.start();
      return {
        phase: (phase) => {
          if (state.enter(phase, clock.now())) draw();
        },
        applying: (total) => {
          state.expect(total);
          state.enter({ name: "applying" }, clock.now());
          draw();
        },
        step: (event) => {
          state.step(event, clock.now());
        },
        end: () => {
          if (!states.delete(state)) return;
          if (states.size === 0) ticker.stop();
          draw();
        },
      };
    },
    aside: (write) => {
      erase();
      write();
      if (states.size > 0) draw();
    },
    close: () => {
      states.clear();
      ticker.stop();
      erase();
    },
  };
}

/** Crops what is seen and keeps the colour codes, which take no column. */
function cropPainted(line: string, columns: number, { ascii }: Pick<Paint, "ascii">): string {
  const drawn = ascii ? asciiText(line) : line;
  // oxlint-disable-next-line no-control-regex
  const parts = drawn.split(/(\u001b\[[0-9;]*m)/);
  let room = columns;
  return parts
    .map((part, index) => {
      if (index % 2 === 1) return part;
      const kept = crop(part, room, ascii ? "..." : undefined);
      room = kept === part ? room - displayWidth(part) : 0;
      return kept;
    })
    .join("");
}
