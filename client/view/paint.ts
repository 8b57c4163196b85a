import picocolors from "picocolors";
import { escapeUnicode } from "./ascii.ts";
import { oneLine, visible } from "./text.ts";

type Colour = (text: string) => string;

/** Colours by what they mean. They only repeat what the text says: without them nothing is lost. */
export interface Paint {
  readonly create: Colour;
  readonly change: Colour;
  readonly remove: Colour;
  readonly effect: Colour;
  readonly unknown: Colour;
  readonly good: Colour;
  readonly bad: Colour;
  readonly warning: Colour;
  readonly strong: Colour;
  readonly faint: Colour;
  /** Whether nothing but ASCII can be drawn. */
  readonly ascii: boolean;
  /** What a file holds: a mark of HostKit's that stands in it is told from one of HostKit's also in ASCII. */
  readonly content: (text: string) => string;
  /** An id, or another name that must not be taken for one that looks like it. */
  readonly name: (text: string) => string;
}

export function createPaint(options: {
  readonly colour: boolean;
  readonly ascii?: boolean;
}): Paint {
  const { ascii = false } = options;
  const c = picocolors.createColors(options.colour);
  return {
    create: c.green,
    change: c.yellow,
    remove: c.red,
    effect: c.cyan,
    unknown: c.magenta,
    good: c.green,
    bad: (text) => c.bold(c.red(text)),
    warning: (text) => c.bold(c.yellow(text)),
    strong: c.bold,
    faint: c.dim,
    ascii,
    content: (text) => (ascii ? escapeUnicode(visible(text)) : visible(text)),
    name: (text) => (ascii ? escapeUnicode(oneLine(text)) : oneLine(text)),
  };
}
