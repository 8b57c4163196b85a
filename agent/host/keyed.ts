import { createHmac, hkdfSync, randomBytes } from "node:crypto";
import * as fs from "node:fs";
import { dirname } from "node:path";
import type { Digest } from "../../shared/brands.ts";
import { HostKitError } from "../../shared/diagnostic.ts";
import { errnoOf } from "./fault.ts";
import type { Host } from "./host.ts";
import { linkNew } from "./link-new.ts";

/** Bytes; as long as what it keys, see RFC 2104, section 3. */
const LENGTH = 32;

type Keyed = Pick<Host, "seal" | "derive">;

/** Digests and values that depend on a key of the host. It lies in one file, and is made when it is first needed. */
export function createKeyed(path: string | undefined): Keyed & Pick<Host, "hasKey"> {
  let key: Buffer | undefined;
  const keyed = keyedBy(() => (key ??= readOrMake(path)));
  return { ...keyed, hasKey: () => key !== undefined || isThere(path) };
}

/** The same with a key that nobody has, and that is gone with this process. */
export function pretendedKey(): Keyed {
  const key = randomBytes(LENGTH);
  return keyedBy(() => key);
}

function keyedBy(keyOf: () => Buffer): Keyed {
  return {
    seal: (sha256) => createHmac("sha256", keyOf()).update(sha256).digest("hex") as Digest,
    // RFC 5869. Digests are made of hexadecimal digits alone, so no name can stand for one of them.
    derive: (name, bytes) =>
      new Uint8Array(hkdfSync("sha256", keyOf(), Buffer.alloc(0), `generate:${name}`, bytes)),
  };
}

function readOrMake(path: string | undefined): Buffer {
  return usable(path, (place) => {
    const there = read(place);
    if (there !== undefined) return there;
    make(place);
    return read(place) ?? Buffer.alloc(0);
  });
}

const isThere = (path: string | undefined): boolean =>
  usable(path, (place) => read(place) !== undefined);

function usable<Result>(path: string | undefined, use: (path: string) => Result): Result {
  if (path === undefined) throw new Error("This host has no key. This is a bug in HostKit.");
  try {
    return use(path);
  } catch (error) {
    if (error instanceof HostKitError) throw error;
    throw unusable(path, error instanceof Error ? error.message : String(error));
  }
}

function read(path: string): Buffer | undefined {
  try {
    const key = fs.readFileSync(path);
    // What was made with it can't be made again, so it is never replaced.
    if (key.length !== LENGTH) throw unusable(path, `it has ${key.length} bytes, not ${LENGTH}`);
    return key;
  } catch (error) {
    if (errnoOf(error) === "ENOENT") return undefined;
    throw error;
  }
}

/** Complete and on disk before it has its name; of two that are made at once, one stays. */
function make(path: string): void {
  const temporary = `${path}.${randomBytes(4).toString("hex")}`;
  fs.mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  try {
    fs.writeFileSync(temporary, randomBytes(LENGTH), { flag: "wx", mode: 0o600, flush: true });
    linkNew(temporary, path);
  } catch (error) {
    if (errnoOf(error) !== "EEXIST") throw error;
  } finally {
    fs.rmSync(temporary, { force: true });
  }
}

function unusable(path: string, why: string): HostKitError {
  return new HostKitError({
    severity: "error",
    side: "host",
    code: "HK4095",
    summary: "The host's key can't be used.",
    detail: `${path} holds the key that digests of secrets are made with, and values that HostKit generated: ${why}. Nothing was changed. Put it back from a backup. Without one, move it away: a new one is made, every secret counts as changed once, and what was generated is refused until it gets another name.`,
  });
}
