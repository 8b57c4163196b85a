import type { Kind } from "../../shared/resources/registry.ts";
import type { Driver } from "./driver.ts";
import * as drivers from "./index.ts";

/** Fails to compile when a kind of the registry has no driver. */
const byKind: { readonly [K in Kind]: Driver<K> } = drivers;

/** The driver of a kind, for code that is generic over kinds. */
export function driverOf<K extends Kind>(kind: K): Driver<K> {
  return byKind[kind];
}
