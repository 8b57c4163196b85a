const WORDS: Readonly<Record<string, string>> = {
  ECONNREFUSED: "refused the connection",
  ECONNRESET: "broke the connection off",
  ENOENT: "does not exist",
  EACCES: "does not let this user in",
  ENOTFOUND: "has a name that is not known",
  EAI_AGAIN: "has a name that could not be looked up",
  EHOSTUNREACH: "can't be reached",
  ENETUNREACH: "can't be reached",
};

/** Why there was no answer, in words that go on after what was asked. */
export function silence(code: string, { timeout }: { readonly timeout: number }): string {
  if (code === "ETIMEDOUT") return `did not answer within ${(timeout / 1000).toFixed(1)} s`;
  const words = WORDS[code];
  return words === undefined ? `gave no answer (${code})` : `${words} (${code})`;
}
