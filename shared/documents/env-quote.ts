/**
 * A value as it is written, such that systemd and the readers of dotenv libraries take it for the same; `undefined` where there is no such way. They differ
 * in what a backslash does, in where a comment begins, and in whether a quote may stand within a value.
 */
export function quoted(value: string): string | undefined {
  if (value === "") return '""';
  // A shell takes these for themselves as well.
  if (/^[\w@%+=:,./-]+$/.test(value)) return value;
  // Half of them make a line feed of it.
  if (value.includes("\r")) return undefined;
  // Before the quote at the end, a backslash says to dotenv readers that this is not the end.
  if (!value.includes("'") && !value.endsWith("\\")) return `'${value}'`;
  // To systemd it is gone before one of "\`$ or a line break, and to dotenv readers \n is a line break.
  if (!value.includes('"') && !/\\(?:["\\`$nr\n]|$)/.test(value)) return `"${value}"`;
  const isBare = /^[^'"`\s][^\\#\n\u2028\u2029]*$/.test(value) && value === value.trim();
  return isBare && !/^[\\#]/.test(value) ? value : undefined;
}
