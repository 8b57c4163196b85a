import { type Data, isDataMap } from "./data.ts";

/** `-0` is `0` wherever it is read. */
export function withoutNegativeZero(data: Data): Data {
  if (data === 0) return 0;
  if (isDataMap(data)) {
    return Object.fromEntries(
      Object.entries(data).map(([key, value]) => [key, withoutNegativeZero(value)]),
    );
  }
  return Array.isArray(data) ? (data as readonly Data[]).map(withoutNegativeZero) : data;
}
