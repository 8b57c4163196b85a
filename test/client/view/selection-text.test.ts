import { expect, test } from "vitest";
import { createPaint } from "../../../client/view/paint.ts";
import { planText } from "../../../client/view/plan-text.ts";
import { selectionText } from "../../../client/view/selection-text.ts";
import type { ResourceId } from "../../../shared/brands.ts";
import type { Selection } from "../../../shared/selection.ts";
import { change, makePlan, shown } from "./samples.ts";

const style = { paint: createPaint({ colour: false }), columns: 80 };

const BUT = "Nothing is removed by a part of a declaration.";

function selection(how: Partial<Record<keyof Selection, unknown>>): Selection {
  const none = { services: [], only: [], except: [], needed: [], dependants: [], left: 35 };
  return { ...none, ...how } as Selection;
}

const lines = (how: Partial<Record<keyof Selection, unknown>>, { full = false } = {}) =>
  selectionText({ selection: selection(how), taken: 5, but: BUT, full }, style);

test("nothing is said of all of a declaration", () => {
  const whole = { selection: undefined, taken: 5, but: BUT, full: false };
  expect(selectionText(whole, style)).toEqual([]);
});

test.each([
  [{ only: ["file:/etc/a"] }, "Only file:/etc/a and what it needs: 5 of 40 resources."],
  [
    { only: ["file:/etc/a", "file:/etc/b"] },
    "Only file:/etc/a, file:/etc/b and what they need: 5 of 40 resources.",
  ],
  [{ services: ["api"] }, "Only the service api and what it needs: 5 of 40 resources."],
  [
    { services: ["api", "web"], only: ["file:/a"] },
    "Only the services api, web, file:/a and what they need: 5 of 40 resources.",
  ],
  [{ except: ["file:/etc/a"] }, "All but file:/etc/a and what relies on it: 5 of 40 resources."],
  [
    { services: ["api"], except: ["file:/a", "file:/b"] },
    "Only the service api and what it needs, without file:/a, file:/b and what relies on them: 5 of 40 resources.",
  ],
  [{ left: 0 }, "All: 5 of 5 resources."],
])("%j", (how, says) => {
  const [first = "", second = ""] = lines(how);
  expect(says.startsWith(first)).toBe(true);
  expect(`${first} ${second}`).toContain(says.slice(first.length).trim());
  expect(lines(how).at(-1)).toBe(`  ${BUT}`);
});

test("what came along and what had to go are listed, up to some and with --full all", () => {
  const needed = Array.from({ length: 12 }, (_, index) => `file:/f${index}`);
  const dependants = ["unit:api.service"];
  const text = (full: boolean) =>
    lines({ only: ["unit:x.service"], needed, dependants }, { full })
      .join(" ")
      .replaceAll(/\s+/g, " ");
  expect(text(false)).toContain("Needed by it: file:/f0,");
  expect(text(false)).toContain("file:/f7, and 4 more (--full) Left out as well: unit:api.service");
  expect(text(true)).toContain("file:/f10, file:/f11 Left out as well");
});

test("one more than fits is shown, since saying so takes as much room", () => {
  const needed = Array.from({ length: 9 }, (_, index) => `file:/f${index}`);
  expect(lines({ only: ["file:/x"], needed }).join(" ")).not.toContain("more");
});

test("ids can't reach the terminal", () => {
  const needed = ["file:/a\u001b[2Jb"] as ResourceId[];
  expect(lines({ only: needed, needed }).join("")).not.toContain("\u001b");
});

test("a plan begins with it, also where nothing changes", () => {
  const part = selection({ only: ["file:/etc/a"] });
  const changing = { ...makePlan([change("directory", { path: "/etc/app" })], 4), selection: part };
  expect(planText(shown(changing), style).slice(0, 3)).toEqual([
    "app (root@app.example.com:22)",
    "Only file:/etc/a and what it needs: 5 of 40 resources.",
    "  Nothing is removed by a part of a declaration.",
  ]);
  expect(planText(shown({ ...makePlan([], 5), selection: part }), style)).toEqual([
    "Only file:/etc/a and what it needs: 5 of 40 resources.",
    "  Nothing is removed by a part of a declaration.",
    "No changes. app is as declared, as far as it is selected (5 of 40 resources).",
  ]);
});
