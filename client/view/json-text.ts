/** Characters that JSON leaves as they are and that a terminal may obey or reorder. */
const UNSAFE = /[\u007f-\u009f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g;

/** JSON that means the same and is safe to look at. */
export function jsonText(value: unknown, options: { readonly indent: number }): string {
  return JSON.stringify(value, null, options.indent).replace(
    UNSAFE,
    (c) => `\\u${(c.codePointAt(0) ?? 0).toString(16).padStart(4, "0")}`,
  );
}
