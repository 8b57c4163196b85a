import { fromBase64 } from "./base64.ts";
import { type KeyOptions, readKeyOptions } from "./key-options.ts";
import { isKnownType, parsePublicKey, typeOfKey } from "./public-key.ts";
import { matchesList } from "./pattern-list.ts";
import { Malformed, understood } from "./wire.ts";

/** Files of ssh-keygen(1), ALLOWED SIGNERS: who may sign, one key a line. */

export interface AllowedSigner extends KeyOptions {
  /** 1-based. */
  readonly line: number;
  /** The first name that the line's own list of patterns takes in; absent where it takes in none of them. */
  readonly principal?: string;
  readonly keyType: string;
  /** As on the wire. */
  readonly publicKey: Uint8Array;
}

export interface AllowedSigners {
  readonly signers: readonly AllowedSigner[];
  /** Lines that can't be understood. */
  readonly faults: readonly LineFault[];
}

export interface LineFault {
  /** 1-based. */
  readonly line: number;
  readonly why: string;
}

export function parseAllowedSigners(text: string): AllowedSigners {
  const signers: AllowedSigner[] = [];
  const faults: LineFault[] = [];
  for (const [index, raw] of text.split("\n").entries()) {
    const line = index + 1;
    const content = raw.replace(/^[ \t\r]+|[ \t\r]+$/g, "");
    if (content === "" || content.startsWith("#")) continue;
    const parsed = understood(() => parseLine(content, line));
    if ("fault" in parsed) faults.push({ line, why: parsed.fault });
    else signers.push(parsed);
  }
  return { signers, faults };
}

function parseLine(text: string, line: number): AllowedSigner {
  const { principals, rest } = readPrincipals(text);
  const bare = readKey(rest);
  const { options, key } =
    bare === undefined ? readBehindOptions(rest) : { options: { isAuthority: false }, key: bare };
  const fault = faultOfKey(key);
  if (fault !== undefined) throw new Malformed(`its key can't be read: ${fault}`);
  const names = principals.split(",").filter((each) => each !== "" && !each.startsWith("!"));
  const principal = names.find((each) => matchesList(each, principals));
  return { line, ...(principal === undefined ? {} : { principal }), ...key, ...options };
}

/** The first word. As strdelim(3) of OpenSSH has it, it ends with a quoted part, which may have white space in it. */
function readPrincipals(text: string): { principals: string; rest: string } {
  const [whole, plain = "", quoted] = /^([^ \t\r"]*)(?:"([^"]*)"|(?=[ \t\r]|$))/.exec(text) ?? [];
  if (whole === undefined) throw new Malformed("a quote of its principals is not closed");
  const rest = text.slice(whole.length).replace(/^[ \t\r]+/, "");
  if (rest === "") throw new Malformed("it has no key behind its principals");
  return { principals: plain + (quoted ?? ""), rest };
}

type Key = Pick<AllowedSigner, "keyType" | "publicKey">;

function readBehindOptions(text: string): { options: KeyOptions; key: Key } {
  const { options, rest } = readKeyOptions(text);
  const key = readKey(rest.replace(/^[ \t]+/, ""));
  if (key === undefined) throw new Malformed("it has no key behind its options");
  return { options, key };
}

/** A type and a key in base64 that says itself that it is of that type; what follows is a comment. */
function readKey(text: string): Key | undefined {
  const [, keyType = "", encoded = ""] = /^(\S+)[ \t]+(\S+)/.exec(text) ?? [];
  const publicKey = fromBase64(encoded);
  if (publicKey === undefined || keyType === "") return undefined;
  return typeOfKey(publicKey) === keyType ? { keyType, publicKey } : undefined;
}

/** Of types that are not known nothing can be told: such a line is understood, and never a match. */
function faultOfKey({ publicKey, keyType }: Key): string | undefined {
  const key = parsePublicKey(publicKey);
  if (!("fault" in key) || !isKnownType(keyType)) return undefined;
  return key.fault;
}
