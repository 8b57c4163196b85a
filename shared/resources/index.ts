/**
 * THE REGISTRY. One line for each kind, exported under the kind's own name; schemas, unions, builders and dispatch
 * are derived from it in `registry.ts`.
 */
export { account } from "./account.ts";
export { directory } from "./directory.ts";
export { file } from "./file.ts";
export { group } from "./group.ts";
export { readiness } from "./readiness.ts";
export { symlink } from "./symlink.ts";
export { unit } from "./unit.ts";
