/**
 * Raised when an event of `--json` changes in a way that an existing reader could not understand; additions do not count. Apart
 * from their schemas, which only tests and `hostkit schema` need.
 */
export const EVENTS_VERSION = 1;
