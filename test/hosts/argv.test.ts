import { describe, expect, it } from "vitest";
import { describeHosts } from "./support/requirements.ts";
import { sharedHost } from "./support/shared-host.ts";
import { sharedSite } from "./support/site.ts";

/** Whatever a declaration gives a program reaches it unchanged, byte for byte, by way of a real systemd. */

/** What systemd, a shell or a text file gives a meaning to, and what they do not like. */
const PIECES = [
  " ",
  "  ",
  "\t",
  "\n",
  "\r",
  "\u000b",
  "\u0001",
  "\u007f",
  "\u0085",
  "\u00a0",
  "'",
  '"',
  "`",
  "\\",
  "\\\\",
  "\\n",
  "\\x41",
  "\\;",
  "%",
  "%%",
  "%n",
  "%h",
  "$",
  "$$",
  "$HOME",
  "${HOME}",
  "${",
  "}",
  ";",
  "; ",
  "#",
  "&&",
  "|",
  ">",
  "*",
  "?",
  "[a-z]",
  "~",
  "!",
  "-",
  "--",
  "-x",
  "@",
  ":",
  "+",
  "=",
  ",",
  "a",
  "Z",
  "0",
  "é",
  "日本",
  "😀",
  "\u200b",
  "\ufeff",
];

/** Numbers that are the same at each run: mulberry32. */
function numbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % below;
  };
}

function words(count: number, seed: number, pieces: readonly string[]): string[] {
  const next = numbers(seed);
  return Array.from({ length: count }, () =>
    Array.from({ length: next(5) }, () => pieces[next(pieces.length)]).join(""),
  );
}

/** Ends of a text are where trimming and continuation lines would show. */
const EDGES = [
  "",
  " ",
  "\\",
  "a\\",
  "a\\\\",
  ";",
  "'",
  '"',
  "$",
  "%",
  "#x",
  " a ",
  "\n",
  "a\n",
  "${A} $A",
  "$A",
  "-",
];

const PROGRAMS = [
  "/srv/odd dir/pro gram",
  "/srv/$HOME/run",
  "/srv/a${HOME}b/run$",
  "/srv/%n/%%",
  "/srv/;/;",
  "/srv/-x",
  "/srv/@x",
  "/srv/#a=b,c:d",
  "/srv/日本/é😀",
];

const PRINT = `#!/bin/sh\nname=$1\nshift\nprintf '%s\\0' "$0" "$@" | base64 -w0 > "/srv/out-$name"\n`;
const PRINT_ENVIRONMENT = `#!/bin/sh\nbase64 -w0 < /proc/$$/environ > /srv/out-environment\n`;

describeHosts("what a program is given", () => {
  const host = sharedHost({ name: "argv" });
  const site = sharedSite(host);

  const lines = [
    ...EDGES.map((edge) => [edge]),
    EDGES,
    ...Array.from({ length: 20 }, (_, index) => words(25, index + 1, PIECES)),
  ];
  // oxlint-disable-next-line no-control-regex -- systemd does not take all control characters in a variable.
  const inVariables = PIECES.filter((piece) => !/[\r\u000b\u0001\u007f]/.test(piece));
  const values = [
    ...EDGES,
    ...Array.from({ length: 20 }, (_, index) => words(3, index + 100, inVariables).join("")),
  ];
  const jobs = [
    ...lines.map((args, index) => ({ name: `line${index}`, program: "/srv/print", args })),
    ...PROGRAMS.map((program, index) => ({
      name: `program${index}`,
      program,
      args: ["a b", "$HOME ${HOME} $$ %n", "\\"],
    })),
  ];

  it("is pushed, without a word of systemd against it", async () => {
    const body = `
  p.file("/srv/print", { content: ${JSON.stringify(PRINT)}, mode: 0o755 });
  p.file("/srv/print-environment", { content: ${JSON.stringify(PRINT_ENVIRONMENT)}, mode: 0o755 });
  for (const program of ${JSON.stringify(PROGRAMS)}) p.file(program, { content: ${JSON.stringify(PRINT)}, mode: 0o755 });
  p.service("odd", (s) => {
    for (const { name, program, args } of ${JSON.stringify(jobs)}) s.job(name, { exec: [program, name, ...args], isolate: "none" });
    const values = ${JSON.stringify(values)};
    s.job("environment", {
      exec: ["/srv/print-environment"],
      isolate: "none",
      environment: Object.fromEntries(values.map((value, index) => ["V" + index, value])),
    });
  });`;
    const pushed = await site.push({ body });
    expect(pushed.stderr).not.toMatch(/HK\d{4}/);
    expect(pushed.status, pushed.stderr).toBe(0);
    const units = [...jobs.map(({ name }) => name), "environment"].map((name) => `odd-${name}`);
    await site.remote(`systemctl start ${units.join(" ")}`);
  });

  /** What each job printed, by its name. */
  const told = async () => {
    const all = await site.remote(
      `cd /srv && for file in out-*; do echo "$file $(cat "$file")"; done`,
    );
    return new Map(
      all.split("\n").map((line) => {
        const [file = "", text = ""] = line.split(" ");
        const words = Buffer.from(text, "base64").toString().split("\0").slice(0, -1);
        return [file.replace("out-", ""), words];
      }),
    );
  };

  it("is each argument, whatever it is made of", async () => {
    const printed = await told();
    for (const { name, args } of jobs.filter(({ name }) => name.startsWith("line"))) {
      expect(printed.get(name), name).toEqual(["/srv/print", ...args]);
    }
  });

  it("is its own path, however odd", async () => {
    const printed = await told();
    for (const { name, program, args } of jobs.filter(({ name }) => name.startsWith("program"))) {
      expect(printed.get(name), name).toEqual([program, ...args]);
    }
  });

  it("is each variable, whatever is in it", async () => {
    const found = ((await told()).get("environment") ?? []).filter((each) => /^V\d+=/.test(each));
    expect(found.toSorted()).toEqual(values.map((value, index) => `V${index}=${value}`).toSorted());
  });

  it("changes nothing when it is pushed again", () => site.isAsDeclared());

  describe("is refused before contact", () => {
    it.each([
      ["a program that begins with one of systemd's marks", `["-x"]`, "first character"],
      ["a program with a quote", `["/srv/a'b"]`, "systemd refuses quotes"],
      ["a program with a backslash", `["/srv/a\\\\b"]`, "systemd refuses quotes, backslashes"],
      ["a relative program", `["bin/x"]`, "absolute path"],
      ["half a character", `["/bin/true", "\\ud800"]`, "half a surrogate pair"],
      ["what is no character", `["/bin/true", "\\ufdd0"]`, "keeps free of characters"],
    ])("%s", async (_title, exec, says) => {
      await site.refuses(
        { body: `p.service("odd", (s) => { s.job("x", { exec: ${exec} }); });` },
        { status: 3, code: "HK1021", says: [says] },
      );
    });

    it("a control character in a variable", async () => {
      await site.refuses(
        {
          body: `p.service("odd", (s) => { s.job("x", { exec: ["/bin/true"], environment: { A: "a\\rb" } }); });`,
        },
        { status: 3, code: "HK1021", says: ["environment.A", "control characters"] },
      );
    });
  });
});
