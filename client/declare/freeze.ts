/** Freezes plain data all the way down. Bytes can't be frozen; whoever keeps them makes a copy. */
export function deepFreeze<T>(value: T): T {
  if (
    typeof value !== "object" ||
    value === null ||
    ArrayBuffer.isView(value) ||
    Object.isFrozen(value)
  ) {
    return value;
  }
  for (const member of Object.values(value)) deepFreeze(member);
  return Object.freeze(value);
}
