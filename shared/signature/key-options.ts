import { parseSignerTime } from "./signer-time.ts";
import { Malformed } from "./wire.ts";

/** What stands between the principals and the key of a line of allowed signers. */
export interface KeyOptions {
  readonly isAuthority: boolean;
  /** Patterns; absent: any. */
  readonly namespaces?: string;
  /** Milliseconds since 1970. */
  readonly validAfter?: number;
  readonly validBefore?: number;
}

/** Reads the options a text begins with, and says what is behind them. Throws `Malformed`. */
export function readKeyOptions(text: string): { options: KeyOptions; rest: string } {
  const given = new Map<string, string>();
  let rest = text;
  let isAuthority = false;
  for (;;) {
    const [whole = "", name = "", isSet] = /^([A-Za-z-]+)(=)?/.exec(rest) ?? [];
    rest = rest.slice(whole.length);
    const option = name.toLowerCase();
    if (option === "cert-authority" && isSet === undefined) {
      isAuthority = true;
    } else if (isSet !== undefined && VALUED.has(option)) {
      if (given.has(option)) throw new Malformed(`it has ${option} twice`);
      const quoted = readQuoted(rest, option);
      given.set(option, quoted.value);
      ({ rest } = quoted);
    } else {
      throw new Malformed(
        `it has ${JSON.stringify(firstWord(text))} where an option or a key should be`,
      );
    }
    if (rest === "" || /^[ \t]/.test(rest)) break;
    if (!rest.startsWith(",")) throw new Malformed(`something follows ${option} without a comma`);
    rest = rest.slice(1);
  }
  const namespaces = given.get("namespaces");
  const validAfter = readTime(given, "valid-after");
  const validBefore = readTime(given, "valid-before");
  if (validAfter !== undefined && validBefore !== undefined && validBefore <= validAfter) {
    throw new Malformed("its valid-before is not behind its valid-after");
  }
  const options = {
    isAuthority,
    ...(namespaces === undefined ? {} : { namespaces }),
    ...(validAfter === undefined ? {} : { validAfter }),
    ...(validBefore === undefined ? {} : { validBefore }),
  };
  return { options, rest };
}

const VALUED: ReadonlySet<string> = new Set(["namespaces", "valid-after", "valid-before"]);

const firstWord = (text: string): string => text.split(/[ \t]/)[0] ?? "";

/** A value in quotes; `\"` in it stands for a quote. */
function readQuoted(text: string, option: string): { value: string; rest: string } {
  const [whole, value] = /^"((?:\\"|\\(?!")|[^"\\])*)"/.exec(text) ?? [];
  if (whole === undefined || value === undefined) {
    throw new Malformed(`the value of ${option} has to stand in quotes`);
  }
  return { value: value.replaceAll('\\"', '"'), rest: text.slice(whole.length) };
}

function readTime(given: ReadonlyMap<string, string>, option: string): number | undefined {
  const text = given.get(option);
  if (text === undefined) return undefined;
  const time = parseSignerTime(text);
  if (time === undefined) throw new Malformed(`its ${option} is not a time such as 20270101Z`);
  return time;
}
