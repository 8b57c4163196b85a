import { describe, expect, test } from "vitest";
import { exitCodeOf } from "../../../client/cli/exit-code.ts";
import { FLAGS, type FlagName, flagText, variableOf } from "../../../client/cli/flags.ts";
import { parseCommandLine } from "../../../client/cli/program.ts";
import { allPages, type Explanation } from "../../../client/explain/find-page.ts";
import type { Side } from "../../../shared/diagnostic.ts";
import { programSources, summariesOfCodes } from "../../support/codes.ts";

const pages = allPages();
const prose = ({ means, causes, steps, host }: Explanation) =>
  [means, ...causes, ...steps, host.text].join(" ");
const spansOf = (page: Explanation) =>
  [...prose(page).matchAll(/`([^`]*)`/g)].map(([, span = ""]) => span);

test("every code has one page, under the summary that it is printed with", () => {
  const printed = [...summariesOfCodes()].map(([code, [summary]]) => `${code} ${summary}`);
  expect(pages.map(({ code, title }) => `${code} ${title}`).toSorted()).toEqual(printed.toSorted());
});

test("codes that a page sends to have pages, and are not itself", () => {
  const known = new Set<string>(pages.map(({ code }) => code));
  for (const page of pages) {
    const named = [...(page.see ?? []), ...(prose(page).match(/HK\d{4}/g) ?? [])];
    expect(named.filter((code) => !known.has(code))).toEqual([]);
    expect(page.see ?? []).not.toContain(page.code);
  }
});

describe("what a page tells to type exists", () => {
  const variables = new Set(Object.keys(FLAGS).map((name) => variableOf(name as FlagName)));
  const flags = new Set(Object.keys(FLAGS).map((name) => flagText(name as FlagName)));
  // Of the environment, and no flag's.
  variables.add("HOSTKIT_");

  /** What the parser, or a flag with choices, does not take. */
  function faultIn(span: string): string | undefined {
    const [program, ...words] = span.split(" ");
    const invocation = program === "hostkit" ? words : undefined;
    try {
      if (invocation !== undefined) {
        const asked = parseCommandLine(invocation.map((word) => word.replace("COMMAND", "plan")));
        if (asked.asks !== "command") return undefined;
        for (const [name, value] of Object.entries(asked.given)) {
          const flag = FLAGS[name as FlagName];
          const choices = flag.takes === "nothing" ? undefined : flag.choices;
          const written = String(value);
          if (choices !== undefined && !choices.includes(written)) return `${name} ${written}`;
        }
        return undefined;
      }
    } catch (error) {
      return String(error);
    }
    const [flag = ""] = span.split(/[ =]/);
    if (flag.startsWith("--") && !flags.has(flag) && flag !== "--help") return `no flag ${flag}`;
    const variable = /\bHOSTKIT_[A-Z_]*/.exec(span)?.[0];
    return variable === undefined || variables.has(variable) ? undefined : `no ${variable}`;
  }

  test.each(pages.map((page) => [page.code, page] as const))("%s", (_code, page) => {
    expect(prose(page).match(/`/g)?.length ?? 0).toSatisfy((count: number) => count % 2 === 0);
    expect(spansOf(page).flatMap((span) => faultIn(span) ?? [])).toEqual([]);
    // A command outside of backticks is not looked at.
    expect(prose(page).replaceAll(/`[^`]*`/g, "")).not.toMatch(
      /(?<!\/)hostkit [a-z]|(?<!-)--[a-z]/,
    );
  });

  test("what does not exist is found", () => {
    for (const span of ["hostkit pus", "hostkit plan --yes", "--no-such", "HOSTKIT_NO_SUCH=1"])
      expect(faultIn(span)).toBeDefined();
    expect(faultIn("hostkit push --on-failure resume --host NAME")).toBeDefined();
  });
});

test("pages are short, and say something", () => {
  for (const page of pages) {
    const words = prose(page).split(/\s+/).length;
    expect([page.code, words >= 25 && words <= 130]).toEqual([page.code, true]);
    expect(page.causes.length).toBeGreaterThan(0);
    expect(page.steps.length).toBeGreaterThan(0);
  }
});

test("no two pages say the same", () => {
  const texts = pages.map(({ means }) => means);
  expect(texts.filter((text, index) => texts.indexOf(text) !== index)).toEqual([]);
});

test("a page names the exit code that its problem ends with where it ends a command", () => {
  /** As sources write it: `side: "host",` and the code close by. */
  const sideOf = new Map<string, Side>();
  for (const { text } of programSources()) {
    for (const [, side, code = ""] of text.matchAll(/side: "(\w+)",\s*code: "(HK\d{4})"/g))
      sideOf.set(code, side as Side);
    for (const [, code = "", side] of text.matchAll(/(HK\d{4}): \{ side: "(\w+)"/g))
      sideOf.set(code, side as Side);
  }
  expect(sideOf.size).toBeGreaterThan(100);
  const wrong = pages.flatMap(({ code, host }) => {
    const side = sideOf.get(code);
    if (side === undefined || host.exit.length === 0) return [];
    const base = { severity: "error", code, side, summary: "", detail: "" } as const;
    const ends = exitCodeOf([base]);
    // What is met in a run ends as the run does.
    const inRun = host.exit.some((each) => each === 8 || each === 10 || each === 5 || each === 130);
    return host.exit.includes(ends) || inRun ? [] : [`${code}: ${ends}`];
  });
  expect(wrong).toEqual([]);
});

test("an ending that tells of several exit codes names each", () => {
  for (const { code, host } of pages) {
    if (host.exit.length < 2) continue;
    const named = host.exit.filter((exit) => new RegExp(`\\b${exit}\\b`).test(host.text));
    expect([code, named]).toEqual([code, host.exit]);
  }
});

test("only commands that show or complete codes load the pages", () => {
  const loading = programSources().filter(({ text }) =>
    /^import \{[^}]*\} from "[^"]*explain\/(?:areas|find-page|pages\/.*)\.ts"/m.test(text),
  );
  expect(loading.map(({ path }) => path)).toEqual([
    "client/commands/explain.ts",
    "client/completion/grammar.ts",
  ]);
});
