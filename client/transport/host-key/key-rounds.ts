import { HostKitError } from "../../../shared/diagnostic.ts";
import { fingerprint } from "./fingerprint.ts";
import { type HostKeyAlgorithm, hostKeyAlgorithms } from "./algorithms.ts";
import type { HostKeyPolicy } from "./policy.ts";

export interface KeyRound {
  readonly algorithms: readonly HostKeyAlgorithm[];
  /** To be told the type of the key the server showed. */
  readonly onKeyShown: (keyType: string) => void;
}

/**
 * A server shows one of its keys per connection, and a pin does not tell which kind it is: when the key shown is not the
 * pinned one, the other kinds are asked for, each in a new connection, until one matches or the server has no more.
 */
export async function tryEachKind<T>(
  policy: HostKeyPolicy,
  connect: (round: KeyRound) => Promise<T>,
): Promise<T> {
  const knownTypes = policy.known.keys
    .filter((each) => policy.pin === undefined || fingerprint(each.key) === policy.pin)
    .map((each) => each.keyType);
  const shown: string[] = [];
  let mismatch: unknown;
  for (;;) {
    const algorithms = hostKeyAlgorithms(knownTypes, shown);
    // An empty list would mean the library's own choice.
    if (algorithms.length === 0) throw mismatch;
    let shownNow: string | undefined;
    try {
      return await connect({
        algorithms,
        onKeyShown: (keyType) => {
          shownNow = keyType;
        },
      });
    } catch (error) {
      if (hasCode(error, "HK2006") && mismatch !== undefined) throw mismatch;
      if (!hasCode(error, "HK2014") || shownNow === undefined || shown.includes(shownNow))
        throw error;
      mismatch ??= error;
      shown.push(shownNow);
    }
  }
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof HostKitError && error.diagnostics.some((each) => each.code === code);
}
