import type { Hello } from "./messages.ts";
import { PROTOCOL } from "./messages.ts";

/** The line before the first frame. All bytes up to and including it may be noise of a login shell. */
export function magicLine(nonce: string): string {
  return `\nHKIT1 ${nonce}\n`;
}

/** Whether the two sides share a protocol version. */
export function speaksOurProtocol(hello: Pick<Hello, "protocol">): boolean {
  return hello.protocol.min <= PROTOCOL && PROTOCOL <= hello.protocol.max;
}
