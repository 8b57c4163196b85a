import { StringDecoder } from "node:string_decoder";

/** The part of a terminal's input that is needed. */
export interface Keyboard {
  setRawMode(isRaw: boolean): unknown;
  on(event: "data", listener: (chunk: Buffer) => void): unknown;
  on(event: "end", listener: () => void): unknown;
  off(event: "data", listener: (chunk: Buffer) => void): unknown;
  off(event: "end", listener: () => void): unknown;
  resume(): unknown;
  pause(): unknown;
}

interface Terminal {
  readonly keyboard: Keyboard;
  readonly write: (text: string) => void;
  /** Ctrl-C, which is no signal while keys are read one by one. */
  readonly onInterrupt: () => void;
}

const ENTER = ["\r", "\n"];
const BACKSPACE = ["\u007f", "\b"];
const CTRL_C = "\u0003";
const CTRL_D = "\u0004";
const CTRL_U = "\u0015";
const ESCAPE = "\u001b";

/** Asks for a line that nobody is to see; `null` at the end of input. */
export async function readHidden(
  question: string,
  signal: AbortSignal,
  { keyboard, write, onInterrupt }: Terminal,
): Promise<string | null> {
  signal.throwIfAborted();
  const decoder = new StringDecoder("utf8");
  let typed: string[] = [];
  const stop = new AbortController();
  write(question);
  keyboard.setRawMode(true);
  try {
    return await new Promise<string | null>((resolve, reject) => {
      const onData = (chunk: Buffer): void => {
        for (const key of decoder.write(chunk)) {
          if (ENTER.includes(key)) return resolve(typed.join(""));
          if (key === CTRL_D && typed.length === 0) return resolve(null);
          if (key === CTRL_C) return onInterrupt();
          // An arrow key, for one: what it sends is not what somebody typed.
          if (key === ESCAPE) return undefined;
          if (BACKSPACE.includes(key)) typed.pop();
          else if (key === CTRL_U) typed = [];
          else if (key >= " ") typed.push(key);
        }
        return undefined;
      };
      const onEnd = (): void => resolve(null);
      const onAbort = (): void => reject(signal.reason as Error);
      keyboard.on("data", onData);
      keyboard.on("end", onEnd);
      signal.addEventListener("abort", onAbort, { once: true, signal: stop.signal });
      stop.signal.addEventListener("abort", () => {
        keyboard.off("data", onData);
        keyboard.off("end", onEnd);
      });
      keyboard.resume();
    });
  } finally {
    stop.abort();
    keyboard.setRawMode(false);
    keyboard.pause();
    write("\n");
  }
}
