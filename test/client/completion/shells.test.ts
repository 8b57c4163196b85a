import { afterAll, beforeAll, describe, expect, it, test, vi } from "vitest";
import { COMMANDS } from "../../../client/cli/commands.ts";
import { FLAGS } from "../../../client/cli/flags.ts";
import { bashScript } from "../../../client/completion/bash.ts";
import { fishScript } from "../../../client/completion/fish.ts";
import { type Grammar, grammar } from "../../../client/completion/grammar.ts";
import { SHELLS } from "../../../client/completion/shells.ts";
import { zshScript } from "../../../client/completion/zsh.ts";
import { findProgram } from "../transport/scratch.ts";
import { type CompletingShell, completingShell } from "./shells.ts";

vi.setConfig({ testTimeout: 60_000 });

const SCRIPT_OF = { bash: bashScript, zsh: zshScript, fish: fishScript };
const NAMES = [...COMMANDS.map(({ name }) => name), "help"];
const starting = (letters: string) => NAMES.filter((name) => name.startsWith(letters));

/** Every shell offers the same words. */
const CASES: readonly (readonly [line: string, words: readonly string[]])[] = [
  ["hostkit ", NAMES],
  ["hostkit r", starting("r")],
  ["hostkit --json -q pl", ["plan"]],
  // The value of a flag is no command.
  ["hostkit --config plan ru", ["runs"]],
  ["hostkit plan --exit", ["--exit-code"]],
  ["hostkit plan --json --col", ["--color"]],
  ["hostkit check --ho", []],
  ["hostkit push --on-failure ", ["rollback", "stop"]],
  ["hostkit push --on-failure=s", ["stop"]],
  ["hostkit push --on-failure=", ["rollback", "stop"]],
  ["hostkit push --color al", ["always"]],
  ["hostkit --color=ne", ["never"]],
  ["hostkit --color never pu", ["push"]],
  ["hostkit push --host ", []],
  ["hostkit push --host app --on-failure r", ["rollback"]],
  ["hostkit completion ", [...SHELLS]],
  ["hostkit completion bash ", []],
  ["hostkit explain HK401", ["HK4010", "HK4011", "HK4012", "HK4013"]],
  ["hostkit explain HK4010 HK1000 HK401", ["HK4010", "HK4011", "HK4012", "HK4013"]],
  ["hostkit help rol", ["rollback"]],
  ["hostkit show pl", ["plan.json"]],
  ["hostkit apply plan.json pl", ["plan.json"]],
  ["hostkit plan --config pl", ["plan.json"]],
  ["hostkit plan --host app --out pl", ["plan.json"]],
  ["hostkit sign plan.json --sign pl", ["plan.json"]],
  ["hostkit plan ", []],
];

describe.each(SHELLS)("%s", (shell) => {
  const isThere = findProgram(shell) !== undefined;
  const needs = `(needs ${shell})`;
  let real: CompletingShell | undefined;
  beforeAll(() => {
    if (isThere) real = completingShell(shell, SCRIPT_OF[shell](grammar()));
  });
  afterAll(() => real?.[Symbol.dispose]());
  const words = (line: string) => (real?.complete(line) ?? []).map(({ word }) => word);

  it.skipIf(!isThere)(`takes the script without a complaint ${needs}`, () => {
    expect(real?.check()).toBe("");
  });

  describe.skipIf(!isThere)(`offers ${needs}`, () => {
    test.each(CASES)("%s", (line, offered) => {
      const found = words(line);
      // bash and zsh offer flags where nothing else can stand.
      const flags = line.endsWith(" ") && offered.length === 0 && shell !== "fish";
      const isWanted = (word: string) => !(flags && word.startsWith("-"));
      expect(found.filter(isWanted).toSorted()).toEqual([...offered].toSorted());
    });

    test("flags where nothing else can stand", () => {
      const found = words("hostkit plan ");
      if (shell === "fish") expect(found).toEqual([]);
      else expect(found).toEqual(expect.arrayContaining(["--host", "--exit-code", "--json", "-q"]));
    });

    test("the flags of each command and those of every command, and no others", () => {
      for (const command of grammar().commands) {
        const flags = [...command.flags, ...grammar().common].map(({ text }) => text);
        expect([command.word, words(`hostkit ${command.word} --`).toSorted()]).toEqual([
          command.word,
          flags.toSorted(),
        ]);
      }
    });

    test("of a list what is left, behind its commas", () => {
      const offered = words("hostkit facts --only os,me");
      expect(offered).toEqual([shell === "zsh" ? "memory" : "os,memory"]);
    });

    test("files with spaces, quotes and brackets in their names", () => {
      expect(words("hostkit show it")).toEqual(["it's [a] plan.json"]);
    });
  });

  it.skipIf(!isThere || shell === "bash")(`says what each is ${needs}`, () => {
    const about = (line: string) => real?.complete(line).map((offer) => offer.about);
    expect(about("hostkit pla")).toEqual([COMMANDS.find(({ name }) => name === "plan")?.summary]);
    expect(about("hostkit explain HK4317")).toEqual(["The unit does not run."]);
    expect(about("hostkit plan --exit")).toEqual([FLAGS.exitCode.summary]);
  });

  it.skipIf(!isThere)(`shows whatever a summary holds as it is ${needs}`, () => {
    const odd = 'it\'s [a] "b": $HOME `id` \\ $(id) {c} (d) & ; # é';
    const flag = { letter: undefined, summary: odd, many: false };
    const made: Grammar = {
      commands: [
        {
          word: "first",
          summary: odd,
          flags: [
            { ...flag, name: "one", text: "--one", takes: undefined },
            { ...flag, name: "two", text: "--two", takes: { are: "free", placeholder: "A@B[:C]" } },
          ],
          takes: {
            are: "choices",
            placeholder: "X",
            list: false,
            choices: [{ word: "third", summary: odd }],
          },
          many: false,
        },
        { word: "second", summary: "", flags: [], takes: undefined, many: false },
      ],
      common: [{ ...flag, name: "com", text: "--com", takes: undefined }],
    };
    using odder = completingShell(shell, SCRIPT_OF[shell](made));
    const about = shell === "bash" ? "" : odd;
    expect(odder.complete("hostkit fi")).toEqual([{ word: "first", about }]);
    expect(odder.complete("hostkit first --o")).toEqual([{ word: "--one", about }]);
    expect(odder.complete("hostkit first --t")).toEqual([{ word: "--two", about }]);
    expect(odder.complete("hostkit first t")).toEqual([{ word: "third", about }]);
    expect(odder.complete("hostkit second --c")).toEqual([{ word: "--com", about }]);
  });
});

test("what a script is made of needs no quotes where it has none", () => {
  const { commands, common } = grammar();
  const plain = /^[A-Za-z0-9-]+$/;
  for (const { word, takes } of commands) {
    expect(word).toMatch(plain);
    if (takes?.are === "choices")
      for (const choice of takes.choices) expect(choice.word).toMatch(plain);
  }
  for (const { text, takes } of [...commands.flatMap(({ flags }) => flags), ...common]) {
    expect(text).toMatch(/^--[a-z-]+$/);
    if (takes?.are === "choices")
      for (const choice of takes.choices) expect(choice.word).toMatch(plain);
  }
});
