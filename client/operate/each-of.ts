/** Hosts that are worked on at the same time. */
const PARALLEL = 8;

/** Works on every item, a few at a time; one that fails does not stop the others. Results are in the order given. */
export function eachOf<Item, Result>(
  items: readonly Item[],
  work: (item: Item) => Promise<Result>,
): Promise<PromiseSettledResult<Result>>[] {
  const settlers: ((result: PromiseSettledResult<Result>) => void)[] = [];
  const results = items.map(
    (_, index) =>
      new Promise<PromiseSettledResult<Result>>((resolve) => {
        settlers[index] = resolve;
      }),
  );
  let next = 0;
  const worker = async () => {
    for (let index = next++; index < items.length; index = next++) {
      const [settled] = await Promise.allSettled([work(items[index] as Item)]);
      settlers[index]?.(settled);
    }
  };
  for (let count = Math.min(PARALLEL, items.length); count > 0; count--) void worker();
  return results;
}
