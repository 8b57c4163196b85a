/** One path as directives that take lists of them read it back; see systemd.syntax(7), QUOTING, and systemd.unit(5), SPECIFIERS. */
export function quotedPath(path: string): string {
  const text = path.replaceAll("%", "%%");
  // A colon parts a source from a destination in BindPaths=, unless it is quoted.
  if (!/[\s"'\\:]/.test(text)) return text;
  return `"${text.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`;
}

/** Whether a path is another one, or in it. */
export const isWithin = (path: string, directory: string): boolean =>
  path === directory || path.startsWith(directory === "/" ? "/" : `${directory}/`);
