/**
 * Wraps a decision for the SSH library, which takes every answer but a literal `false` for yes: a Promise, `null`, `0`, an
 * empty string or no answer at all. Here only a literal `true` accepts; anything else, or an exception, refuses.
 */
export function hostKeyVerifier(
  accepts: (key: Buffer) => unknown,
): (key: Buffer, answer: (accepted: boolean) => void) => undefined {
  return (key, answer) => {
    let accepted = false;
    try {
      accepted = accepts(key) === true;
    } catch {
      accepted = false;
    }
    answer(accepted);
    return undefined;
  };
}
