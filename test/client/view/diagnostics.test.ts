import { expect, test } from "vitest";
import type { Diagnostic } from "../../../shared/diagnostic.ts";
import { diagnosticText } from "../../../client/view/diagnostics.ts";
import { createPaint } from "../../../client/view/paint.ts";

const SOURCE = [
  'import { project } from "hostkit";',
  "",
  'export default project("prod", (p) => {',
  '\tp.file("/etc/motd", { contnet: "hello" });',
  "});",
].join("\n");

const UNKNOWN_OPTION: Diagnostic = {
  severity: "error",
  side: "config",
  code: "HK1020",
  summary: "An option is not known.",
  detail:
    "file:/etc/motd has no option `contnet`. Did you mean `content`? It takes: content, owner, group, mode, dependsOn.",
  resource: "file:/etc/motd",
  source: { file: "/srv/infra/hostkit.config.ts", line: 4, column: 24 },
};

const show = (
  diagnostic: Diagnostic,
  options: { columns?: number; colour?: boolean; source?: string | null } = {},
) =>
  diagnosticText(diagnostic, {
    paint: createPaint({ colour: options.colour ?? false }),
    columns: options.columns ?? 80,
    readSource: () => (options.source === undefined ? SOURCE : options.source),
    displayPath: (file) => file.replace("/srv/infra/", ""),
  }).join("\n");

test("80 columns, with the source line and a caret under the place", () => {
  expect(show(UNKNOWN_OPTION)).toMatchInlineSnapshot(`
    "error[config HK1020]: An option is not known.
      file:/etc/motd has no option \`contnet\`. Did you mean \`content\`? It takes:
      content, owner, group, mode, dependsOn.
      --> hostkit.config.ts:4:24
        |
      4 |   p.file("/etc/motd", { contnet: "hello" });
        |                         ^"
  `);
});

test("120 columns: prose stays readable", () => {
  expect(show(UNKNOWN_OPTION, { columns: 120 })).toMatchInlineSnapshot(`
    "error[config HK1020]: An option is not known.
      file:/etc/motd has no option \`contnet\`. Did you mean \`content\`? It takes: content, owner, group,
      mode, dependsOn.
      --> hostkit.config.ts:4:24
        |
      4 |   p.file("/etc/motd", { contnet: "hello" });
        |                         ^"
  `);
});

test("40 columns", () => {
  expect(show(UNKNOWN_OPTION, { columns: 40 })).toMatchInlineSnapshot(`
    "error[config HK1020]: An option is not known.
      file:/etc/motd has no option
      \`contnet\`. Did you mean \`content\`? It
      takes: content, owner, group, mode,
      dependsOn.
      --> hostkit.config.ts:4:24
        |
      4 | …("/etc/motd", { contnet: "hello"…
        |                  ^"
  `);
});

test("colours only repeat what the text says", () => {
  const painted = show(UNKNOWN_OPTION, { colour: true });
  expect(painted.replaceAll("\u001b", "␛").split("\n")[0]).toMatchInlineSnapshot(
    `"␛[1m␛[31merror[config HK1020]␛[39m␛[22m: ␛[1mAn option is not known.␛[22m"`,
  );
  // oxlint-disable-next-line no-control-regex
  expect(painted.replaceAll(/\u001b\[\d+m/g, "")).toBe(show(UNKNOWN_OPTION));
});

test("without a readable source there is the place", () => {
  expect(show(UNKNOWN_OPTION, { source: null }).split("\n").at(-1)).toBe(
    "  --> hostkit.config.ts:4:24",
  );
  expect(show(UNKNOWN_OPTION, { source: "only one line" }).split("\n").at(-1)).toBe(
    "  --> hostkit.config.ts:4:24",
  );
});

test("an indented line is there to be copied and is never broken", () => {
  const command = `  echo '[192.0.2.7]:2222 ssh-ed25519 ${"A".repeat(68)}' >> ~/.ssh/known_hosts`;
  const { source: _source, ...rest } = UNKNOWN_OPTION;
  const lines = show({ ...rest, detail: `Record it:\n${command}` }, { columns: 40 }).split("\n");
  expect(lines.slice(1)).toEqual(["  Record it:", `  ${command}`]);
});

test("a warning without a source", () => {
  const { source: _source, ...rest } = UNKNOWN_OPTION;
  expect(show({ ...rest, severity: "warning", side: "host", detail: "" })).toBe(
    "warning[host HK1020]: An option is not known.",
  );
});

test("a place in a long line is shown with what is around it", () => {
  const long = `${"a".repeat(300)}HERE${"b".repeat(300)}`;
  const source = { file: "x.ts", line: 1, column: 301 };
  const lines = show({ ...UNKNOWN_OPTION, source }, { source: long }).split("\n");
  const [code = "", caret = ""] = lines.slice(-2);
  expect(code.length).toBeLessThanOrEqual(80);
  expect(code.slice(caret.indexOf("^")).startsWith("HERE")).toBe(true);
});

test.each([0, 1, 5, 10_000])("column %i of a short line does not crash", (column) => {
  const source = { file: "x.ts", line: 1, column };
  expect(show({ ...UNKNOWN_OPTION, source }, { source: "short", columns: 10 })).toContain("^");
});

test("what a host says can't move the cursor, and keeps its lines", () => {
  const text = show(
    { ...UNKNOWN_OPTION, detail: "first\u001b[2J\n  indented\u0007" },
    { source: "\u001b[1m" },
  );
  // oxlint-disable-next-line no-control-regex
  expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f]/);
  expect(text).toContain("  first\n    indented\n");
});
