import { type Pages, UNTOUCHED } from "../page.ts";

/** What would go wrong in a run, and is found while planning. */
export const preflight: Pages = {
  HK4120: {
    title: "A path goes through a link that this push changes.",
    means:
      "What is declared below a link lies where the link leads. This push makes the link, or leads it elsewhere, so the path means one place now and another one afterwards, and something is at one of them.",
    causes: [
      "A file is declared below the link to the version in use, and another version comes into use.",
      "The link is new, and where it will lead there is such a file already.",
    ],
    steps: [
      "Declare the resource under its real path, which the message names. Or push what lies below the link first, and the link afterwards.",
    ],
    host: UNTOUCHED,
    see: ["HK4011", "HK1054"],
  },
};
