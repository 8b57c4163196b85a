import { EXIT } from "../../cli/exit-code.ts";
import { ends, MISUSED, type Pages } from "../page.ts";

/** How a program uses `hostkit/api`. */
export const library: Pages = {
  HK5040: {
    title: "An argument can't be used.",
    means: "A program called a function of `hostkit/api` with something that it does not take.",
    causes: [
      'A duration is a number: `wait: 30` instead of `wait: "30s"`.',
      "`ssh` and `local` are given together, or the address is malformed.",
      "A copy is given of what `load`, `compile` or `plan` returned. What belongs to it, such as the session, is not copied.",
    ],
    steps: ["The message names the argument. The types of `hostkit/api` say what it takes."],
    host: MISUSED,
    see: ["HK5041"],
  },
  HK5041: {
    title: "It is not clear which host is meant.",
    means:
      "A program asked for a plan without naming a host, and the declaration does not have exactly one.",
    causes: ["A second host was declared after the program was written."],
    steps: ['Name it: `plan(declaration, { host: "app" })`.'],
    host: MISUSED,
    see: ["HK5040"],
  },
  HK5042: {
    title: "The plan can't be applied any more.",
    means:
      "A plan is applied once, in the session that made it. The program gave one to `apply` whose turn is over, or has begun.",
    causes: [
      "It was handed over to the host before, whatever came of that.",
      "It is being applied at this moment.",
      "Its session was closed, by `close()` or at the end of `await using`.",
    ],
    steps: ["Plan again, which shows what is left to do, and apply that."],
    host: ends("As it was: this attempt changed nothing.", EXIT.usage),
    see: ["HK5040"],
  },
};
