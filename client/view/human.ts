import { artifactText, savedText } from "./artifact-text.ts";
import { EXIT } from "../cli/exit-code.ts";
import { auditText } from "./audit-text.ts";
import { checkSummary, checkText } from "./check-text.ts";
import { asciiStream, escapeUnicode } from "./ascii.ts";
import type { Detail } from "./detail.ts";
import { diagnosticText } from "./diagnostics.ts";
import { codesText, explanationText } from "./explanation-text.ts";
import { factsText } from "./facts-text.ts";
import { foundText } from "./found-text.ts";
import { forgottenText, heldText } from "./held-text.ts";
import { graphText } from "./graph/graph-text.ts";
import { jsonText } from "./json-text.ts";
import { createLiveBoard } from "./live-progress.ts";
import { outcomeText } from "./outcome-text.ts";
import { createPaint } from "./paint.ts";
import { planText } from "./plan-text.ts";
import { isDetail, noticeText } from "./notice-text.ts";
import { createSilentBoard } from "./progress.ts";
import { count } from "./quantity.ts";
import { hostTitle } from "./host-title.ts";
import { renderedNotes, renderedOutput } from "./rendered-text.ts";
import { runsText, runText } from "./runs-text.ts";
import { createSteadyBoard } from "./steady-progress.ts";
import type { Clock, TextStream } from "./stream.ts";
import { block, displayWidth, indent, oneLine, wrap } from "./text.ts";
import type { HostResult, View } from "./view.ts";

export interface HumanViewOptions {
  readonly out: TextStream;
  readonly err: TextStream;
  readonly clock: Clock;
  /** Whether colours may be used on each. */
  readonly colour: { readonly out: boolean; readonly err: boolean };
  /** Whether lines on stderr may be redrawn. */
  readonly live: boolean;
  readonly talk: "quiet" | "normal" | "verbose";
  /** How much of a plan is shown; unless set, what differs. */
  readonly detail?: Detail;
  /** Shows what is done before what, and why, in place of a plan. */
  readonly graph?: boolean;
  /** Whether nothing but ASCII can be shown. */
  readonly ascii?: boolean;
  readSource(file: string): string | null;
  displayPath(file: string): string;
}

/** For people. */
export function createHumanView(options: HumanViewOptions): View {
  const { clock, colour, talk, ascii = false, detail = "changes" } = options;
  const { out, err } = ascii
    ? { out: asciiStream(options.out), err: asciiStream(options.err) }
    : options;
  const outPaint = createPaint({ colour: colour.out, ascii });
  const errPaint = createPaint({ colour: colour.err, ascii });
  const verbose = talk === "verbose";
  const board =
    talk === "quiet"
      ? createSilentBoard()
      : options.live
        ? createLiveBoard({ err, clock, paint: errPaint })
        : createSteadyBoard({ err, clock, verbose });

  const write = (stream: TextStream, lines: readonly string[]) =>
    board.aside(() => stream.write(lines.map((line) => `${line}\n`).join("")));
  const say = (text: string) => write(err, wrap(block(text), err.columns));
  const planStyle = () => ({ paint: outPaint, columns: out.columns });
  // Escaped as JSON, so that it stays what it was.
  const json = (value: unknown) => {
    const text = jsonText(value, { indent: 2 });
    return ascii ? escapeUnicode(text) : text;
  };
  /** Blocks of several hosts are told apart by an empty line. */
  let blocks = 0;
  const writeBlock = (lines: readonly string[]) => {
    write(out, blocks === 0 ? lines : ["", ...lines]);
    blocks += 1;
  };

  /** Of errors that were shown. */
  const codes = new Set<string>();

  return {
    detail: (text) => {
      if (verbose) say(text);
    },
    notice: (target, notice) => {
      if (verbose || !isDetail(notice)) say(noticeText(target, notice));
    },
    warn: say,
    help: (text, cause) => board.aside(() => (cause === "asked" ? out : err).write(text)),
    diagnostics: (list, host) => {
      const style = { ...options, paint: errPaint, columns: err.columns };
      for (const diagnostic of list) {
        if (diagnostic.severity === "error") codes.add(diagnostic.code);
        const about = host === undefined ? [] : [errPaint.faint(`${oneLine(host)}:`)];
        write(err, [...about, ...diagnosticText(diagnostic, style), ""]);
      }
    },
    bug: (error, host) => {
      const about = host === undefined ? "" : `${oneLine(host)}: `;
      const message = error instanceof Error ? error.message : String(error);
      const stack = error instanceof Error ? (error.stack ?? "") : "";
      write(err, [
        `${errPaint.bad("bug")}: ${about}${oneLine(message)}`,
        "  This is a bug in HostKit. Please report it with what you ran.",
        ...(verbose ? indent(block(stack).split("\n"), "  ") : ["  -v shows where it happened."]),
      ]);
    },
    version: (version, runtime) =>
      write(out, [`hostkit ${version}`, ...(verbose ? [runtime] : [])]),
    explanation: (page) => writeBlock(explanationText(page, planStyle())),
    codes: (areas) => write(out, codesText(areas, planStyle())),
    completion: (_shell, script) => board.aside(() => out.write(script)),
    initialised: (path, next) => {
      write(out, [`Wrote ${oneLine(path)}.`]);
      if (talk !== "quiet") write(err, ["Next:", ...indent(next, "  ")]);
    },
    checked: ({ configPath, hosts, resources }) => {
      const path = oneLine(options.displayPath(configPath));
      const counts = `${count(hosts.length, "host")}, ${count(resources, "resource")}`;
      write(out, [`${outPaint.good("ok")}: ${counts} (${path})`]);
    },
    schema: (_name, schema) => write(out, [json(schema)]),
    manifests: (list) => {
      const value = list.length === 1 ? list[0] : list;
      write(out, [json(value)]);
    },
    rendered: (shown) => {
      board.aside(() =>
        out.write(renderedOutput(shown, { isTerminal: out.isTerminal, paint: outPaint })),
      );
      if (talk === "quiet") return;
      for (const note of renderedNotes(shown, out.isTerminal)) say(note);
    },
    facts: (host, facts) => writeBlock(factsText(host, facts, outPaint)),
    plan: (shown) => {
      writeBlock(
        options.graph === true
          ? graphText(shown, planStyle())
          : planText(shown, { ...planStyle(), detail }),
      );
      const { plan } = shown;
      if (verbose) say(`plan ${plan.digest} for machine ${plan.host.machineId}`);
    },
    artifact: (shown) => write(out, artifactText(shown, planStyle())),
    saved: (shown) => {
      if (talk !== "quiet") say(savedText(shown));
    },
    audit: (shown) => writeBlock(auditText(shown, { ...planStyle(), detail })),
    found: (shown) =>
      writeBlock(foundText(shown, { ...planStyle(), detail: verbose ? "full" : detail })),
    checks: (group) =>
      writeBlock(checkText(group, { ...options, paint: outPaint, columns: out.columns, verbose })),
    examined: (checks) => writeBlock([checkSummary(checks)]),
    outcome: (shown) => {
      writeBlock(outcomeText(shown, planStyle()));
    },
    runs: (host, list) => writeBlock(runsText(host, list, { ...planStyle(), verbose })),
    run: (shown) => writeBlock(runText(shown, planStyle())),
    pruned: (host, removed) =>
      writeBlock([
        `Removed the record${removed.length === 1 ? "" : "s"} of ${count(removed.length, "run")} from ${hostTitle(host)}.`,
      ]),
    held: (host, list) => writeBlock(heldText(host, list, planStyle())),
    forgotten: (host, ids) => write(out, ["", forgottenText(host, ids, outPaint)]),
    progress: (host) => board.host(host ?? "declaration"),
    summary: (exitCode, hosts) => {
      if (talk === "quiet") return;
      if (hosts.length > 1) write(err, ["", ...summaryText(hosts)]);
      // Whoever mistyped something was told all there is to tell.
      if (codes.size > 0 && exitCode !== EXIT.usage) write(err, [errPaint.faint(hintOf(codes))]);
    },
    close: () => board.close(),
  };
}

/** Codes that are named in the hint. */
const HINTED = 3;

function hintOf(codes: ReadonlySet<string>): string {
  const some = [...codes].slice(0, HINTED).join(" ");
  const more = codes.size > HINTED ? ", and any other code," : "";
  return `hostkit explain ${some}${more} tells more.`;
}

function summaryText(hosts: readonly HostResult[]): string[] {
  const width = Math.max(...hosts.map(({ host }) => displayWidth(oneLine(host))));
  return hosts.map(({ host, result, exitCode }) => {
    const gap = " ".repeat(width - displayWidth(oneLine(host)) + 2);
    return `${oneLine(host)}${gap}${oneLine(result)}${exitCode === 0 ? "" : ` (exit code ${exitCode})`}`;
  });
}
