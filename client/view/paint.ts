import picocolors from "picocolors";

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
}

export function createPaint(options: { readonly colour: boolean }): Paint {
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
  };
}
