import { describe, expect, test } from "vitest";
import { createLiveBoard } from "../../../client/view/live-progress.ts";
import { createPaint } from "../../../client/view/paint.ts";
import { createSteadyBoard } from "../../../client/view/steady-progress.ts";
import { createFakeClock, createFakeStream, screenOf } from "./fake-stream.ts";
import { id } from "./samples.ts";

function live(options: { columns?: number; colour?: boolean } = {}) {
  const err = createFakeStream({ isTerminal: true, columns: options.columns ?? 80 });
  const clock = createFakeClock();
  const paint = createPaint({ colour: options.colour ?? false });
  const board = createLiveBoard({ err, clock, paint });
  return { err, clock, board, screen: () => screenOf(err.text) };
}

describe("on a terminal", () => {
  test("one line for each host: phase, resource, elapsed", () => {
    const { board, clock, screen } = live();
    const app = board.host("app");
    app.phase({ name: "connecting" });
    const db = board.host("db");
    db.phase({ name: "uploading", fraction: 0.456 });
    expect(screen()).toEqual(["app  connecting  0.0 s", "db  uploading agent 45 %  0.0 s"]);
    clock.advance(1500);
    app.phase({ name: "planning" });
    expect(screen()).toEqual(["app  planning  1.5 s", "db  uploading agent 45 %  1.5 s"]);
    app.applying(3);
    app.step({ type: "started", id: id("file:/a") });
    app.step({ type: "done", id: id("file:/a") });
    app.step({ type: "started", id: id("unit:api.service") });
    clock.advance(100);
    expect(screen()[0]).toBe("app  applying, 1 of 3 done  unit:api.service  1.6 s");
    clock.advance(12_000);
    expect(screen()[0]).toBe("app  applying, 1 of 3 done  unit:api.service (12 s)  14 s");
  });

  test("is taken away, line by line, and stops its timer", () => {
    const { board, clock, screen } = live();
    const [app, db] = [board.host("app"), board.host("db")];
    app.phase({ name: "connecting" });
    db.phase({ name: "connecting" });
    app.end();
    app.end();
    expect(screen()).toEqual(["db  connecting  0.0 s"]);
    expect(clock.timers).toBe(1);
    db.end();
    expect(screen()).toEqual([]);
    expect(clock.timers).toBe(0);
  });

  test("what is written meanwhile stays, above the lines", () => {
    const { board, err, screen } = live();
    const app = board.host("app");
    app.phase({ name: "planning" });
    board.aside(() => err.write("a result\n"));
    expect(screen()).toEqual(["a result", "app  planning  0.0 s"]);
    board.close();
    expect(screen()).toEqual(["a result"]);
  });

  test("no line is ever as wide as the terminal, colour codes not counted", () => {
    for (const colour of [false, true]) {
      const { board, clock, screen } = live({ columns: 20, colour });
      const app = board.host("app");
      app.applying(1);
      app.step({ type: "started", id: id(`file:/${"x".repeat(200)}`) });
      clock.advance(100);
      // oxlint-disable-next-line no-control-regex
      const [line = ""] = screen().map((each) => each.replaceAll(/\u001b\[\d+m/g, ""));
      expect(line).toBe("app  applying, 0 o…");
    }
  });

  test("never more lines than the terminal has", () => {
    const { board, err, screen } = live();
    err.rows = 4;
    for (const name of ["a", "b", "c", "d", "e"]) board.host(name).phase({ name: "connecting" });
    expect(screen()).toEqual(["a  connecting  0.0 s", "b  connecting  0.0 s", "and 3 more"]);
  });
});

function steady(options: { verbose?: boolean } = {}) {
  const err = createFakeStream();
  const clock = createFakeClock();
  const board = createSteadyBoard({ err, clock, verbose: options.verbose ?? false });
  return { err, clock, board, lines: () => err.text.split("\n").slice(0, -1) };
}

describe("in a log", () => {
  test("each phase once, without anything a terminal would obey", () => {
    const { board, err, lines } = steady();
    const app = board.host("app");
    app.phase({ name: "connecting" });
    app.phase({ name: "connecting" });
    app.phase({ name: "uploading", fraction: 0 });
    app.phase({ name: "uploading", fraction: 0.7 });
    app.phase({ name: "planning" });
    app.applying(2);
    app.step({ type: "started", id: id("file:/a") });
    app.step({ type: "done", id: id("file:/a") });
    app.step({ type: "started", id: id("file:/b") });
    app.step({ type: "failed", id: id("file:/b") });
    app.end();
    expect(lines()).toEqual([
      "app: connecting",
      "app: uploading agent",
      "app: planning",
      "app: applying 2 changes",
      "app: failed file:/b",
    ]);
    expect(err.text).not.toContain("\u001b");
  });

  test("a step over ten seconds is named, then every thirty seconds", () => {
    const { board, clock, lines } = steady();
    const app = board.host("app");
    app.applying(1);
    app.step({ type: "started", id: id("unit:api.service") });
    clock.advance(9_900);
    expect(lines()).toHaveLength(1);
    clock.advance(200);
    expect(lines().slice(1)).toEqual(["app: still working on unit:api.service (10 s)"]);
    clock.advance(65_000);
    expect(lines().slice(2)).toEqual([
      "app: still working on unit:api.service (40 s)",
      "app: still working on unit:api.service (1 min 10 s)",
    ]);
    app.step({ type: "done", id: id("unit:api.service") });
    app.end();
    expect(clock.timers).toBe(0);
  });

  test("what only waits is said to", () => {
    const { board, clock, lines } = steady();
    const app = board.host("app");
    app.applying(1);
    app.step({ type: "started", id: id("readiness:api") });
    clock.advance(10_100);
    expect(lines().slice(1)).toEqual(["app: still waiting for api (10 s)"]);
    const terminal = live();
    terminal.board.host("app").step({ type: "started", id: id("readiness:api") });
    terminal.clock.advance(100);
    expect(terminal.screen()[0]).toContain("waiting for api");
  });

  test("a slow phase is named too, an upload with how far it is", () => {
    const { board, clock, lines } = steady();
    const app = board.host("app");
    app.phase({ name: "uploading", fraction: 0 });
    app.phase({ name: "uploading", fraction: 0.62 });
    clock.advance(11_000);
    expect(lines()[1]).toBe("app: still uploading agent 62 % (10 s)");
  });

  test("-v names every step that is done", () => {
    const { board, clock, lines } = steady({ verbose: true });
    const app = board.host("app");
    app.applying(1);
    app.step({ type: "started", id: id("file:/a") });
    clock.advance(1200);
    app.step({ type: "done", id: id("file:/a") });
    expect(lines().at(-1)).toBe("app: done file:/a (1.2 s)");
  });
});
