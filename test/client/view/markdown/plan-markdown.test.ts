import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { COMMENT_LIMIT, planMarkdown } from "../../../../client/view/markdown/plan-markdown.ts";
import type { HostReview, Review } from "../../../../client/view/review.ts";
import { oneLine } from "../../../../client/view/text.ts";
import type { ResourceId } from "../../../../shared/brands.ts";
import type { Difference } from "../../../../shared/change.ts";
import type { Diagnostic } from "../../../../shared/diagnostic.ts";
import { type Change, summarise } from "../../../../shared/plan.ts";
import { EVIL, everyAction, oddNames, secretsAndDocuments } from "../rich-plans.ts";
import { change, content, id, makePlan, shown } from "../samples.ts";
import { readMarkdown } from "./read-markdown.ts";

const review = (...plans: readonly ReturnType<typeof shown>[]): Review => ({
  hosts: plans.map((each) => ({ host: each.host, shown: each, failed: false, diagnostics: [] })),
  diagnostics: [],
});

const NASTY = [
  "`",
  "``",
  "```",
  "`````\n",
  "<",
  "</details>",
  "<script>",
  "@octocat",
  "#1",
  "\n",
  "\n\n",
  " ",
  "\\",
  "&lt;",
  "[x](http://x.test)",
  "https://x.test",
  "www.x.test",
  "**",
  "_",
  "|",
  "> ",
  "- ",
  "# ",
  "\u001b[31m",
  "\u202e",
  "\u0301",
  "漢",
  "😀",
  "\ud83d",
  "a",
  "path",
  "$`x`$",
  "~~~",
];
const nasty = fc.array(fc.constantFrom(...NASTY), { maxLength: 12 }).map((parts) => parts.join(""));
const long = fc
  .tuple(nasty, fc.integer({ min: 1, max: 400 }))
  .map(([text, times]) => text.repeat(times));

const difference: fc.Arbitrary<Difference> = fc.oneof(
  fc.record({ field: nasty, before: nasty, after: nasty }),
  fc.record({ field: nasty, before: fc.constant(null), after: long }),
  fc.record({ field: nasty, before: long, after: fc.constant(null) }),
  fc.record({ field: nasty, before: fc.constant("a"), after: fc.constant("b"), patch: long }),
  fc.record({
    field: nasty,
    before: fc.array(nasty, { maxLength: 3 }),
    after: fc.array(nasty, { maxLength: 3 }),
  }),
  fc.record({
    field: nasty,
    before: fc.constant("json document"),
    after: fc.constant("json document"),
    keys: fc.array(fc.record({ key: nasty, after: nasty }), { maxLength: 9 }),
  }),
);

const TEMPLATE = change("file", { path: "/a", content: content("a") });
const anyChange: fc.Arbitrary<Change> = fc.record({
  id: nasty.map((text) => id(`file:/${text}`)),
  action: fc.constantFrom("create", "update", "delete", "replace", "none"),
  reason: fc.constantFrom("missing", "drift", "not-declared"),
  differences: fc.array(difference, { maxLength: 3 }),
  follow: fc.constantFrom(null, "restart"),
  prediction: fc.oneof(
    fc.constant({ class: "exact" as const }),
    nasty.map((why) => ({ class: "unknown" as const, why })),
  ),
  remarks: fc.array(nasty, { maxLength: 2 }),
  fingerprint: fc.constant(TEMPLATE.fingerprint),
  resource: fc.constant(TEMPLATE.resource),
});

const problem: fc.Arbitrary<Diagnostic> = fc.record({
  severity: fc.constantFrom("error", "warning"),
  side: fc.constant("host"),
  code: fc.constant("HK4003" as const),
  summary: long,
  detail: long,
  resource: nasty,
});

const hostReview = (most: number): fc.Arbitrary<HostReview> =>
  fc
    .record({
      host: fc.oneof(nasty, long),
      label: nasty,
      target: long,
      project: long,
      selection: fc.option(
        fc.record({
          services: fc.array(nasty, { maxLength: 2 }),
          only: fc.array(
            nasty.map((text) => id(`file:/${text}`)),
            { maxLength: 3 },
          ),
          except: fc.constant<ResourceId[]>([]),
          needed: fc.constant<ResourceId[]>([]),
          dependants: fc.constant<ResourceId[]>([]),
          left: fc.nat(40),
        }),
        { nil: undefined },
      ),
      plan: fc.option(fc.array(anyChange, { maxLength: most }), { freq: 6 }),
      diagnostics: fc.array(problem, { maxLength: 3 }),
    })
    .map(({ host, label, target, project, selection, plan, diagnostics }) => ({
      host,
      diagnostics,
      failed: plan === null,
      shown:
        plan === null
          ? null
          : shown({ ...makePlan(plan, 3), project, selection }, { host, label, target }),
    }));

const anyReview = (hosts: number, changes: number): fc.Arbitrary<Review> =>
  fc.record({
    hosts: fc.array(hostReview(changes), { maxLength: hosts }),
    diagnostics: fc.array(problem, { maxLength: 2 }),
  });

/** Everything that is written outside of code, whatever the plan: nothing of it comes from a host. */
const OURS = /^[\w .,:;()*#>"\-\n/]*$/;
const TAGS = /<details><summary>|<\/summary>|<\/details>/g;

function check(given: Review, limit: number): string {
  const text = planMarkdown(given, { limit });
  expect(text.length).toBeLessThanOrEqual(limit);
  const { prose } = readMarkdown(text);
  expect(prose.replaceAll(TAGS, "")).toMatch(OURS);
  expect(prose).not.toMatch(/@|https?:|www\.|#\d|<!--/);
  const plans = given.hosts.flatMap((each) => each.shown ?? []);
  const counts = summarise({ changes: plans.flatMap(({ plan }) => plan.changes) });
  expect(text.split("\n")[2]).toContain(
    `**Plan: ${counts.create} to create, ${counts.change} to change, ${counts.remove} to remove, ${counts.restarts} restarts, ${counts.unknown} unknown.**`,
  );
  return text;
}

describe("whatever is planned, it is a whole comment that is short enough, and nothing gets out of its code", () => {
  test("within what GitHub takes", () => {
    let cut = 0;
    fc.assert(
      fc.property(anyReview(12, 14), (given) => {
        if (check(given, COMMENT_LIMIT).includes("\n> Left out")) cut += 1;
      }),
      // What is as long takes minutes to make smaller; the next test finds most of it in little.
      { numRuns: Number(process.env["HOSTKIT_RUNS"] ?? 60), endOnFailure: true },
    );
    expect(cut, "plans that were too long").toBeGreaterThan(0);
  });

  test("within so little that hosts are left out", () => {
    fc.assert(
      fc.property(anyReview(12, 6), fc.integer({ min: 2500, max: 9000 }), (given, limit) => {
        check(given, limit);
      }),
      { numRuns: Number(process.env["HOSTKIT_RUNS"] ?? 150) },
    );
  });

  test("destructive changes are left out after all others, and what is left out is counted", () => {
    const names = (prefix: string) => Array.from({ length: 40 }, (_, n) => `file:/${prefix}/${n}`);
    const made = fc.record({
      sizes: fc.array(fc.integer({ min: 0, max: 60 }), { minLength: 80, maxLength: 80 }),
      limit: fc.integer({ min: 1500, max: 30_000 }),
    });
    fc.assert(
      fc.property(made, ({ sizes, limit }) => {
        const all = [...names("kept"), ...names("gone")].map((name, index) => ({
          ...TEMPLATE,
          id: id(name),
          action: name.startsWith("file:/gone") ? ("delete" as const) : ("update" as const),
          differences: [{ field: "content", before: "line\n".repeat(sizes[index]!), after: "b\n" }],
        }));
        const on = (host: string, rest: number) =>
          shown(makePlan(all.filter((_, index) => index % 2 === rest)), { host });
        const text = check(review(on("app", 0), on("db", 1)), limit);
        const { code } = readMarkdown(text);
        const isThere = (name: string) => code.some((each) => each.endsWith(` ${name}`));
        const missing = all.filter(({ id: name }) => !isThere(name));
        if (missing.some(({ action }) => action === "delete")) {
          expect(missing.filter(({ action }) => action === "update")).toHaveLength(40);
        }
        const inDetail = text.split("<details>").length - 1;
        const without = text.split("(details left out)").length - 1;
        const short = [...text.matchAll(/\(\d+ lines? left out\)/g)].length;
        expect(inDetail + without + missing.length).toBe(80);
        const told = /^> Left out.*$/m.exec(text)?.[0] ?? "";
        const count = (number: number) => `${number} change${number === 1 ? "" : "s"}`;
        if (short > 0) expect(told).toContain(`the differences of ${count(short)}`);
        if (without > 0) expect(told).toContain(`all details of ${count(without)}`);
        if (missing.length > 0)
          expect(told).toMatch(new RegExp(`(?<!of )\\b${count(missing.length)}`));
        if (short + without + missing.length === 0) expect(told).toBe("");
      }),
      { numRuns: Number(process.env["HOSTKIT_RUNS"] ?? 60) },
    );
  });
});

test("the largest differences go first, then details, then lines", () => {
  const of = (name: string, lines: number) =>
    change(
      "file",
      { path: `/srv/${name}`, content: content(name) },
      {
        action: "update",
        reason: "drift",
        differences: [
          { field: "mode", before: "0644", after: "0640" },
          { field: "content", before: "a", after: "b", patch: `@@\n${"+line\n".repeat(lines)}` },
        ],
      },
    );
  const given = review(shown(makePlan([of("small", 10), of("large", 400), of("middle", 60)])));
  const whole = planMarkdown(given);
  const left = (limit: number) => /^> Left out.*$/m.exec(planMarkdown(given, { limit }))?.[0];
  expect(whole).not.toContain("> Left out");
  expect(planMarkdown(given, { limit: 3000 })).toMatch(
    /large<\/code>[^]*content:\n\(401 lines left out\)\nmode: 0644 -> 0640/,
  );
  expect(left(3000)).toBe(
    "> Left out, since a comment takes 3000 characters: the differences of 1 change. `hostkit plan --host app --full` shows everything.",
  );
  // From all of it to the least, each step once.
  const steps = Array.from({ length: 300 }, (_, n) => left(4000 - 10 * n) ?? "").map((line) =>
    line.replace(/^.*characters: (.*)\. `hostkit.*$/, "$1"),
  );
  expect([...new Set(steps)]).toEqual([
    "the differences of 1 change",
    "the differences of 2 changes",
    "the differences of 3 changes",
    "the differences of 2 changes and all details of 1 change",
    "the differences of 1 change and all details of 2 changes",
    "all details of 3 changes",
    "all details of 2 changes and 1 change",
    "all details of 1 change and 2 changes",
    "3 changes",
    "3 changes and 1 host",
  ]);
});

test("what nobody may see is nowhere in it, and every name is in it as it is", () => {
  const text = planMarkdown(review(secretsAndDocuments(), oddNames(), everyAction()));
  const { code, blocks } = readMarkdown(text);
  expect(blocks.join("\n")).toContain("API_TOKEN: changed, not shown");
  expect(code).toContain(`? ${oneLine(EVIL)}`);
  for (const { plan } of [secretsAndDocuments(), everyAction()]) {
    for (const each of plan.changes) expect(code.join("\n")).toContain(each.id);
  }
});

test("a content with more backticks than anybody counts", () => {
  const before = "`a".repeat(150_000);
  const one = {
    ...TEMPLATE,
    action: "update" as const,
    differences: [{ field: "x", before, after: "b" }],
  };
  check(review(shown(makePlan([one]))), COMMENT_LIMIT);
});

test("--full has every line as far as there is room", () => {
  const whole = planMarkdown(review(everyAction()), { detail: "full" });
  expect(whole).toContain("+key40 = value");
  expect(planMarkdown(review(everyAction()))).toContain("28 more lines: --full shows them");
});

test("a declaration that can't be read is a comment as well", () => {
  const text = planMarkdown({
    hosts: [],
    diagnostics: [
      {
        severity: "error",
        side: "config",
        code: "HK1001",
        summary: "A value can't be used.",
        detail: "It is @octocat.",
      },
    ],
  });
  expect(text).toContain("**No host could be planned.**");
  expect(text).toContain("Error <code>HK1001</code>");
  expect(readMarkdown(text).blocks).toEqual(["It is @octocat."]);
});
