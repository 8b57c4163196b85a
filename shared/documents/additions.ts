import type { Data, DataMap } from "./data.ts";

/** What is new in a mapping, under the place of the sibling that it follows; under `undefined` what comes before all that is there. */
export function additions<Place, New>(
  after: DataMap,
  places: ReadonlyMap<string, Place>,
  make: (key: string, value: Data) => New,
): ReadonlyMap<Place | undefined, readonly New[]> {
  const added = new Map<Place | undefined, New[]>();
  let previous: Place | undefined;
  for (const [key, value] of Object.entries(after)) {
    const place = places.get(key);
    if (place !== undefined) {
      previous = place;
      continue;
    }
    const group = added.get(previous) ?? [];
    group.push(make(key, value));
    added.set(previous, group);
  }
  return added;
}
