import type { Environment } from "./options.ts";

/** Which locale counts for characters, first to last: POSIX.1, 8.2. */
const VARIABLES = ["LC_ALL", "LC_CTYPE", "LANG"] as const;

/**
 * Whether nothing but ASCII can be shown: a locale is named, and it is not one of UTF-8. Where none is named, as in many a CI
 * job, POSIX would say the same; but what reads the log there shows UTF-8.
 */
export function isAscii(env: Environment): boolean {
  const locale = VARIABLES.map((name) => env[name]).find(
    (value) => value !== undefined && value !== "",
  );
  return locale !== undefined && !/utf-?8/i.test(locale);
}
