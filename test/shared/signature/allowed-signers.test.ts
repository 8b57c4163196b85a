import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parseAllowedSigners } from "../../../shared/signature/allowed-signers.ts";
import { matchesList } from "../../../shared/signature/pattern-list.ts";
import { parseSignerTime } from "../../../shared/signature/signer-time.ts";
import { createScratch, type Scratch } from "../../client/transport/scratch.ts";
import {
  AT,
  keygenSigns,
  keygenTakes,
  newKey,
  NO_KEYGEN,
  type TestKey,
  verified,
} from "./support.ts";

const KEY = `ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI${"A".repeat(42)}A`;
const faultsOf = (text: string) => parseAllowedSigners(text).faults;

/** `KEY` stands for the key that signed; the principal as which it is let through, or nothing. */
const FILES: readonly (readonly [text: string, principal: string | undefined])[] = [
  ["alice KEY", "alice"],
  ["alice KEY alice@desk, with a comment", "alice"],
  ["  \talice\t KEY", "alice"],
  ["alice KEY\r\n", "alice"],
  ["# alice KEY\n\n \t\nbob KEY\n# the end", "bob"],
  ["alice OTHER\nbob KEY", "bob"],
  ["alice OTHER", undefined],
  ["", undefined],
  ["alice,bob KEY", "alice"],
  ["*@example.com KEY", "*@example.com"],
  ["* KEY", "*"],
  ["al?ce KEY", "al?ce"],
  ["!alice,* KEY", "*"],
  ["alice,!alice KEY", undefined],
  ["alice,!al* KEY", undefined],
  ["alice,bob,!alice KEY", "bob"],
  ["!alice KEY", undefined],
  ['"alice b" KEY', "alice b"],
  ['alice" b" KEY', "alice b"],
  ['alice namespaces="hostkit-plan" KEY', "alice"],
  ['alice NAMESPACES="hostkit-plan" KEY', "alice"],
  ['alice namespaces="git,hostkit-*" KEY', "alice"],
  ['alice namespaces="git" KEY', undefined],
  ['alice namespaces="*,!hostkit-plan" KEY', undefined],
  ['alice namespaces="" KEY', undefined],
  ['alice namespaces="git" KEY\nalice KEY', "alice"],
  ['alice namespaces="hostkit-plan",valid-after="20260101Z" KEY', "alice"],
  ['alice valid-after="20260615Z" KEY', "alice"],
  ['alice valid-after="202606151200Z" KEY', "alice"],
  ['alice valid-after="202606151201Z" KEY', undefined],
  ['alice valid-before="20260615115959Z" KEY', undefined],
  ['alice valid-before="20260615120000Z" KEY', "alice"],
  ['alice valid-before="20260616Z" KEY', "alice"],
  ['alice valid-before="20260616" KEY', "alice"],
  ['alice valid-after="20260614" KEY', "alice"],
  ['alice valid-after="20250101Z",valid-before="20260101Z" KEY', undefined],
  ['alice valid-before="20260101Z" KEY\nbob KEY', "bob"],
  ["alice cert-authority KEY", undefined],
  ['alice CERT-authority,namespaces="hostkit-plan" KEY', undefined],
  ["alice cert-authority KEY\nbob KEY", "bob"],
];

const namesIn = (text: string) => [
  ...new Set(
    text
      .split("\n")
      .flatMap((line) => (/^[ \t]*("[^"]*"|[^ \t"]*(?:"[^"]*")?)/.exec(line)?.[1] ?? "").split(","))
      .map((name) => name.replaceAll('"', ""))
      .filter((name) => name !== "" && !/^[!#]/.test(name)),
  ),
];

describe.skipIf(NO_KEYGEN)("who may sign (needs openssh-client)", () => {
  let scratch: Scratch;
  let key: TestKey;
  let other: TestKey;
  let signature: string;
  beforeAll(() => {
    scratch = createScratch();
    key = newKey(scratch.path);
    other = newKey(scratch.path);
    signature = keygenSigns(key.path);
  });
  afterAll(() => scratch[Symbol.dispose]());

  it.each(FILES)("is as ssh-keygen has it: %j", (form, principal) => {
    const allowed = form.replaceAll("KEY", key.publicKey).replaceAll("OTHER", other.publicKey);
    const { signers, refused, faults } = verified([signature], allowed);
    expect(faults).toEqual([]);
    expect(signers.map((signer) => signer.principal)).toEqual(
      principal === undefined ? [] : [principal],
    );
    expect(refused).toHaveLength(principal === undefined ? 1 : 0);
    const taken = namesIn(form).filter((name) =>
      keygenTakes(scratch.path, { signature, allowed, principal: name }),
    );
    expect(taken.includes(principal ?? "")).toBe(principal !== undefined);
    if (principal === undefined) expect(taken).toEqual([]);
  });

  it("a line that would have been the only one is told with its reason", () => {
    const told = (options: string) =>
      verified([signature], `a ${other.publicKey}\nb ${options} ${key.publicKey}`).refused[0]?.why;
    expect(told("cert-authority")).toBe(
      "Line 2 of the allowed signers has its key, but as a cert-authority, and HostKit checks no certificates.",
    );
    expect(told('valid-before="20260101Z"')).toMatch(/but it was not valid any more after 2026-01/);
    expect(told('valid-after="20270101Z"')).toMatch(/but it is not valid before 2027-01-01T00:00/);
    expect(told('namespaces="git"')).toMatch(/but only for "git", not for hostkit-plan/);
  });

  it("the time is that of the question", () => {
    const allowed = `alice valid-after="20260101Z",valid-before="20270101Z" ${key.publicKey}`;
    const at = (time: number) => verified([signature], allowed, { at: time }).signers.length;
    expect([at(Date.UTC(2025, 11, 31)), at(AT), at(Date.UTC(2027, 0, 2))]).toEqual([0, 1, 0]);
  });
});

describe("a line that can't be understood", () => {
  it.each([
    ["alice", /no key behind its principals/],
    ['"alice KEY', /a quote of its principals is not closed/],
    ["alice ssh-ed25519", /an option or a key should be/],
    ["alice ssh-ed25519 AAAA", /an option or a key should be/],
    [`alice ${KEY.slice(0, -4)}`, /its key can't be read: it is cut short/],
    [`alice ${KEY.replace("ssh-ed25519", "ssh-rsa")}`, /an option or a key should be/],
    ["alice touch-required KEY", /"touch-required" where an option or a key should be/],
    ["alice namespaces=git KEY", /the value of namespaces has to stand in quotes/],
    ['alice namespaces="git KEY', /the value of namespaces has to stand in quotes/],
    ['alice namespaces="git\\" KEY', /the value of namespaces has to stand in quotes/],
    ['alice namespaces="a",namespaces="b" KEY', /it has namespaces twice/],
    ['alice namespaces="a"valid-after="20260101Z" KEY', /follows namespaces without a comma/],
    ['alice namespaces="a", KEY', /an option or a key should be/],
    ["alice cert-authority=yes KEY", /an option or a key should be/],
    ['alice valid-after="2026" KEY', /its valid-after is not a time/],
    ['alice valid-after="20260231Z" KEY', /its valid-after is not a time/],
    ['alice valid-before="2026010124Z" KEY', /its valid-before is not a time/],
    ['alice valid-after="20260102Z",valid-before="20260101Z" KEY', /is not behind its valid-after/],
    ["alice cert-authority", /it has no key behind its options/],
  ])("is told: %s", (form, why) => {
    const [fault, ...others] = faultsOf(`# who\n${form.replaceAll("KEY", KEY)}\nbob ${KEY}`);
    expect(others).toEqual([]);
    expect(fault).toEqual({ line: 2, why: expect.stringMatching(why) as string });
  });

  it("is none where the type of its key is not known, which nothing can match", () => {
    const unknown = Buffer.from("\0\0\0\x07ssh-new\0\0\0\x01x", "latin1").toString("base64");
    expect(faultsOf(`alice ssh-new ${unknown}\nbob ${KEY}`)).toEqual([]);
  });
});

describe("a list of patterns", () => {
  it.each([
    ["a", "a", true],
    ["a", "b", false],
    ["", "*", true],
    ["", "", true],
    ["a", "", false],
    ["abc", "a*c", true],
    ["abcd", "a*c", false],
    ["abc", "a?", false],
    ["aXbXc", "a*X*c", true],
    ["a", "**", true],
    ["ab", "*a", false],
    ["a", "!a", false],
    ["a", "!b", false],
    ["a", "!b,*", true],
    ["A", "a", false],
  ])("%j in %j: %s", (text, list, expected) => {
    expect(matchesList(text, list)).toBe(expected);
  });

  it("takes no time that grows with its stars", () => {
    const began = performance.now();
    expect(matchesList("a".repeat(5_000), `${"*a".repeat(2_000)}b`)).toBe(false);
    expect(performance.now() - began).toBeLessThan(2_000);
  });
});

describe("a time", () => {
  it.each([
    ["20260615Z", Date.UTC(2026, 5, 15)],
    ["202606151230Z", Date.UTC(2026, 5, 15, 12, 30)],
    ["20260615123045Z", Date.UTC(2026, 5, 15, 12, 30, 45)],
    ["20260615utc", Date.UTC(2026, 5, 15)],
    ["20240229Z", Date.UTC(2024, 1, 29)],
    ["20260615", new Date(2026, 5, 15).getTime()],
    ["20250229Z", undefined],
    ["20261301Z", undefined],
    ["20260600Z", undefined],
    ["202606152400Z", undefined],
    ["202606151260Z", undefined],
    ["2026-06-15", undefined],
    ["2026061512Z", undefined],
    ["00000101Z", undefined],
    ["", undefined],
  ])("%j", (text, time) => {
    expect(parseSignerTime(text)).toBe(time);
  });
});
