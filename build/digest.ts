import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";

/** Lower-case hex. */
export function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

/** Lower-case hex. */
export async function sha256File(path: string): Promise<string> {
  return (await hashFile(path, "sha256")).toString("hex");
}

/** In the form of subresource integrity: `sha512-` and base64. */
export async function integrityOfFile(path: string): Promise<string> {
  return `sha512-${(await hashFile(path, "sha512")).toString("base64")}`;
}

async function hashFile(path: string, algorithm: "sha256" | "sha512"): Promise<Buffer> {
  const hash = createHash(algorithm);
  for await (const chunk of createReadStream(path, { highWaterMark: 1024 * 1024 })) {
    hash.update(chunk as Buffer);
  }
  return hash.digest();
}
