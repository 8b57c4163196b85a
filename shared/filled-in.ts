import { type DocumentContent, placeOf } from "./content.ts";
import { member } from "./documents/compare.ts";
import { type Data, type DataPath, isDataMap } from "./documents/data.ts";

/** Nothing that is redacted is in a list. */
const valueAt = (data: Data, at: DataPath): Data | undefined =>
  at.reduce<Data | undefined>(
    (map, part) => (isDataMap(map) ? member(map, `${part}`) : undefined),
    data,
  );

/** The values of a document where they have to be, for the moment in which it is written. */
export function filledIn(
  content: DocumentContent,
  {
    value,
    found,
  }: { readonly value: (leaf: DocumentContent["secrets"][number]) => string; readonly found: Data },
): Data {
  const secrets = new Map(content.secrets.map((secret) => [placeOf(secret.at), secret]));
  const redacted = new Set(content.redacted.map(placeOf));
  const fill = (data: Data, at: DataPath): Data | undefined => {
    const secret = secrets.get(placeOf(at));
    if (secret !== undefined) return value(secret);
    if (redacted.has(placeOf(at))) return valueAt(found, at);
    if (Array.isArray(data)) {
      return (data as readonly Data[]).map((item, index) => fill(item, [...at, index]) ?? null);
    }
    if (typeof data !== "object" || data === null) return data;
    // What others have not set yet is left out, so that they can.
    const entries = Object.entries(data).flatMap(([key, item]) => {
      const filled = fill(item, [...at, key]);
      return filled === undefined ? [] : [[key, filled] as const];
    });
    return Object.fromEntries(entries);
  };
  return fill(content.data, []) ?? {};
}
