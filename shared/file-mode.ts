import * as z from "zod";

/**
 * Permission bits. Written as a number (`0o640`), octal text (`"0640"`, `"640"`) or symbolic text
 * (`"u=rw,g=r"`, classes left out have no permission; `s` and `t` set setuid, setgid and sticky, see chmod(1)).
 * The canonical form is four octal digits: `"0640"`.
 */
export type FileMode = string & { readonly __mode: true };

const SHIFT = { u: 6, g: 3, o: 0 } as const;
const BIT: Record<string, number> = { r: 4, w: 2, x: 1 };
const SYMBOLIC_CLAUSE = /^([ugoa]+)=([rwxst]*)$/;

function symbolic(text: string): number | undefined {
  let mode = 0;
  for (const clause of text.split(",")) {
    const match = SYMBOLIC_CLAUSE.exec(clause);
    if (match === null) return undefined;
    const classes = (match[1] ?? "").replaceAll("a", "ugo");
    for (const cls of classes as Iterable<keyof typeof SHIFT>) {
      for (const letter of match[2] ?? "") {
        if (letter === "t") mode |= 0o1000;
        else if (letter === "s") mode |= cls === "u" ? 0o4000 : cls === "g" ? 0o2000 : 0;
        else mode |= (BIT[letter] ?? 0) << SHIFT[cls];
      }
    }
  }
  return mode;
}

/** `644` for `0o644`: as a number it is a sticky bit with next to no permissions, which nobody means. */
function isOctalInDecimal(input: number): boolean {
  return input > 0o777 && /^[0-7]{3}$/.test(String(input));
}

function parse(input: string | number): number | undefined {
  if (typeof input === "number") {
    const valid = Number.isInteger(input) && input >= 0 && input <= 0o7777;
    return valid && !isOctalInDecimal(input) ? input : undefined;
  }
  if (/^[0-7]{3,4}$/.test(input)) return Number.parseInt(input, 8);
  return symbolic(input);
}

export function formatMode(bits: number): FileMode {
  return (bits & 0o7777).toString(8).padStart(4, "0") as FileMode;
}

/** The permission bits of a canonical mode. */
export function modeBits(mode: FileMode): number {
  return Number.parseInt(mode, 8);
}

export const FileMode = z.union([z.string(), z.number()]).transform((input, context): FileMode => {
  const bits = parse(input);
  if (bits === undefined) {
    context.addIssue({
      code: "custom",
      input,
      message:
        'must be a mode such as 0o640, "0640" or "u=rw,g=r" (a plain 640 is decimal: write 0o640)',
    });
    return z.NEVER;
  }
  return formatMode(bits);
});
