import { afterAll, beforeAll } from "vitest";
import { bootHost, type TestHost } from "./host.ts";
import type { HostOptions } from "./host-options.ts";

/** The first file of a run may wait for the image. */
const hookTimeoutMs = 300_000;

/**
 * One host for all tests of a file or `describe`: booted before them, removed after them. Call the result inside tests.
 *
 *     const host = sharedHost({ name: "web" });
 *     it("answers", async () => expect((await host().ssh("true")).status).toBe(0));
 */
export function sharedHost(options: HostOptions = {}): () => TestHost {
  let host: TestHost | undefined;
  beforeAll(async () => {
    host = await bootHost(options);
  }, hookTimeoutMs);
  afterAll(async () => {
    await host?.poweroff();
  }, hookTimeoutMs);
  return () => {
    if (!host) throw new Error("The shared host exists only while tests run; call it inside one.");
    return host;
  };
}
