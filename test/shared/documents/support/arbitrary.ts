import * as fc from "fast-check";
import { type Data, type DataMap, isDataMap } from "../../../../shared/documents/data.ts";

/** Texts that some reader has got wrong, among any others. */
const trickyText = fc.constantFrom(
  "",
  " ",
  "a b",
  " a",
  "a ",
  "on",
  "Off",
  "yes",
  "~",
  "null",
  "true",
  "0o7",
  "1:20",
  "017",
  "1e3",
  ".5",
  "-",
  "- a",
  "a: b",
  "a #b",
  "#a",
  ";a",
  "a;b",
  "'",
  '"',
  "it's",
  '"x"',
  "'x'",
  "a\\",
  "\\n",
  "a\nb",
  "a\n",
  "\n",
  "\ta",
  "a\t",
  "[a]",
  "{a}",
  "a,b",
  "*a",
  "&a",
  "!a",
  "%a",
  "@a",
  "`a",
  "$A",
  "${A}",
  "=",
  "a=b",
  "<<",
  "2024-01-01",
  "é",
  "日本",
  "😀",
  "\u0000",
  "\u007f",
  "\u0085",
  "\u2028",
  "\r",
  "a\r\nb",
  "'''",
  '"""',
  "''' \"\"\"",
  "9007199254740993",
  "constructor",
);

export const text = fc.oneof(
  { weight: 3, arbitrary: fc.string({ maxLength: 12 }) },
  { weight: 2, arbitrary: trickyText },
  { weight: 1, arbitrary: fc.string({ unit: "binary", maxLength: 8 }) },
);

export const key = fc.oneof(
  { weight: 4, arbitrary: fc.stringMatching(/^[a-z][a-z0-9_]{0,5}$/) },
  { weight: 1, arbitrary: fc.stringMatching(/^[A-Za-z_][A-Za-z0-9_.-]{0,8}$/) },
  { weight: 1, arbitrary: text },
);

const number = fc.oneof(
  fc.integer(),
  fc.maxSafeInteger(),
  fc.double({ noDefaultInfinity: true, noNaN: true }),
  fc.constantFrom(0, -0, 1e21, 1e-7, 1.5),
);

export const scalar: fc.Arbitrary<Data> = fc.oneof(
  { weight: 3, arbitrary: text },
  { weight: 2, arbitrary: number },
  { weight: 1, arbitrary: fc.boolean() },
  { weight: 1, arbitrary: fc.constant(null) },
);

function mapOf(value: fc.Arbitrary<Data>): fc.Arbitrary<DataMap> {
  return fc
    .array(fc.tuple(key, value), { maxLength: 5 })
    .map((entries) => Object.fromEntries(entries));
}

/** Documents of mappings and lists, with some that no format can hold. */
export const document: fc.Arbitrary<DataMap> = mapOf(
  fc.letrec<{ value: Data }>((tie) => ({
    value: fc.oneof(
      { depthSize: "small", maxDepth: 3 },
      { weight: 3, arbitrary: scalar },
      { weight: 1, arbitrary: fc.array(tie("value"), { maxLength: 4 }) },
      { weight: 2, arbitrary: mapOf(tie("value")) },
    ),
  })).value,
);

/** One level of sections, texts mostly: what the flat formats can hold often enough to be worth trying. */
export const flat: fc.Arbitrary<DataMap> = mapOf(scalar);
export const sections: fc.Arbitrary<DataMap> = mapOf(
  fc.oneof(
    { weight: 2, arbitrary: scalar },
    { weight: 2, arbitrary: flat },
    { weight: 1, arbitrary: fc.array(scalar, { maxLength: 3 }) },
  ),
);

/** A document that shares much with another one, as the next declaration does with the last. */
export function similarTo(data: Data, values: fc.Arbitrary<Data> = scalar): fc.Arbitrary<Data> {
  const next: fc.Arbitrary<Data> = isDataMap(data)
    ? similarMap(data, values)
    : Array.isArray(data)
      ? similarList(data as readonly Data[], values)
      : fc.oneof({ weight: 3, arbitrary: fc.constant(data) }, { weight: 1, arbitrary: values });
  return next;
}

function similarMap(data: DataMap, values: fc.Arbitrary<Data>): fc.Arbitrary<Data> {
  const kept = Object.entries(data).map(([name, value]) =>
    fc.oneof(
      { weight: 4, arbitrary: similarTo(value, values).map((v) => [[name, v] as const]) },
      { weight: 1, arbitrary: fc.constant([]) },
      {
        weight: 1,
        arbitrary: fc.tuple(key, values).map((entry) => [[name, value] as const, entry]),
      },
    ),
  );
  return fc.tuple(...kept).map((groups) => Object.fromEntries(groups.flat()));
}

function similarList(data: readonly Data[], values: fc.Arbitrary<Data>): fc.Arbitrary<Data> {
  const kept = data.map((value) =>
    fc.oneof(
      { weight: 4, arbitrary: similarTo(value, values).map((v) => [v]) },
      { weight: 1, arbitrary: fc.constant([]) },
      { weight: 1, arbitrary: values.map((v) => [value, v]) },
    ),
  );
  return fc.tuple(...kept).map((groups) => groups.flat());
}
