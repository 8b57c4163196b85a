/** One line for each kind: its driver, exported under the kind's own name. `drivers.ts` makes a missing one a compile error. */
export { account } from "./account.ts";
export { directory } from "./directory.ts";
export { file } from "./file.ts";
export { group } from "./group.ts";
export { readiness } from "./readiness.ts";
export { symlink } from "./symlink.ts";
export { unit } from "./unit.ts";
