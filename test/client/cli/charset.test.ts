import { expect, test } from "vitest";
import { isAscii } from "../../../client/cli/charset.ts";

test.each<[Record<string, string>, boolean]>([
  [{}, false],
  [{ LANG: "" }, false],
  [{ LANG: "C.UTF-8" }, false],
  [{ LANG: "en_US.UTF-8" }, false],
  [{ LANG: "en_US.utf8" }, false],
  // As Terminal on macOS has it.
  [{ LC_CTYPE: "UTF-8" }, false],
  [{ LANG: "C" }, true],
  [{ LANG: "POSIX" }, true],
  [{ LANG: "en_US.ISO-8859-1" }, true],
  [{ LANG: "de_DE@euro" }, true],
  [{ LC_ALL: "C", LC_CTYPE: "C.UTF-8", LANG: "C.UTF-8" }, true],
  [{ LC_ALL: "", LC_CTYPE: "C.UTF-8", LANG: "C" }, false],
  [{ LC_ALL: "C.UTF-8", LC_CTYPE: "C", LANG: "C" }, false],
  [{ LC_CTYPE: "C", LANG: "C.UTF-8" }, true],
  [{ LC_MESSAGES: "C", LANG: "C.UTF-8" }, false],
])("%j: %s", (env, expected) => {
  expect(isAscii(env)).toBe(expected);
});
