/** A home that is not there, so that usermod has no files to give to another group. */
export const DETACHED_HOME = "/nonexistent";
