const SAFE_VALUE = /^[0-9A-Za-z/._-]+$/u;
const PLACEHOLDER = /@([A-Z]+\d?)@/gu;

/**
 * Fills in `@NAME@` and joins the lines to one. The result goes through the account's login shell between single quotes,
 * and under sh, bash, zsh, ksh, fish, csh and tcsh alike it means the same only without quote, `!`, backslash and newline.
 */
export function fillScript(lines: readonly string[], values: Record<string, string>): string {
  const script = lines.join(" ").replaceAll(PLACEHOLDER, (_placeholder, name: string) => {
    const value = values[name];
    if (value === undefined) throw new Error(`The script has no value for @${name}@.`);
    return value;
  });
  for (const [name, value] of Object.entries(values))
    for (const word of value.split(" "))
      if (!SAFE_VALUE.test(word))
        throw new Error(
          `The value of @${name}@ may not stand in a script: ${JSON.stringify(value)}`,
        );
  if (/['!\\\n\r]/u.test(script)) throw new Error("The script breaks the character rule.");
  return script;
}
