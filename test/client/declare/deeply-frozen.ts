/** Whether nothing reachable from a value can be changed; bytes apart, which can't be frozen. */
export function isDeeplyFrozen(value: unknown): boolean {
  if (typeof value !== "object" || value === null || ArrayBuffer.isView(value)) return true;
  return Object.isFrozen(value) && Object.values(value).every(isDeeplyFrozen);
}
