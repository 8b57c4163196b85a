import { EventEmitter } from "node:events";
import { describe, expect, it } from "vitest";
import { type Keyboard, readHidden } from "../../../client/cli/read-hidden.ts";

class FakeKeyboard extends EventEmitter implements Keyboard {
  isRaw = false;
  isPaused = true;
  setRawMode(isRaw: boolean) {
    this.isRaw = isRaw;
  }
  resume() {
    this.isPaused = false;
  }
  pause() {
    this.isPaused = true;
  }
}

function begin(signal = new AbortController().signal) {
  const keyboard = new FakeKeyboard();
  const shown: string[] = [];
  let interrupts = 0;
  const line = readHidden("Passphrase: ", signal, {
    keyboard,
    write: (text) => void shown.push(text),
    onInterrupt: () => {
      interrupts += 1;
    },
  });
  line.catch(() => undefined);
  const type = (...keys: (string | Buffer)[]) => {
    for (const key of keys) keyboard.emit("data", Buffer.from(key));
  };
  const isRestored = () => {
    expect(keyboard).toMatchObject({ isRaw: false, isPaused: true });
    expect(keyboard.listenerCount("data")).toBe(0);
    // Nothing that was typed is among it.
    expect(shown).toEqual(["Passphrase: ", "\n"]);
  };
  return { line, type, keyboard, isRestored, interrupts: () => interrupts };
}

describe("a line that nobody is to see", () => {
  it.each([
    [["secret\r"], "secret"],
    [["s", "e", "c", "\r"], "sec"],
    [["secret\n"], "secret"],
    [["\r"], ""],
    [["ab\u007f\u007f\u007fc\r"], "c"],
    [["abc\u0015d\r"], "d"],
    [["a", "\u001b[A", "b\r"], "ab"],
    [["a\tb\r"], "ab"],
    [["a\u0004b\r"], "ab"],
    [["pä😀\u007f\r"], "pä"],
    [["\u0004"], null],
  ])("%j is %j", async (keys, expected) => {
    const { line, type, keyboard, isRestored } = begin();
    expect(keyboard).toMatchObject({ isRaw: true, isPaused: false });
    type(...keys);
    expect(await line).toBe(expected);
    isRestored();
  });

  it("is whole though a letter came in two parts", async () => {
    const { line, type } = begin();
    const letter = Buffer.from("ä");
    type(letter.subarray(0, 1), letter.subarray(1), "\r");
    expect(await line).toBe("ä");
  });

  it("ends with the input", async () => {
    const { line, keyboard, isRestored } = begin();
    keyboard.emit("end");
    expect(await line).toBeNull();
    isRestored();
  });

  it("is not waited for any more when something else ends the command", async () => {
    const abort = new AbortController();
    const { line, type, isRestored, interrupts } = begin(abort.signal);
    type("abc\u0003");
    expect(interrupts()).toBe(1);
    abort.abort(new Error("interrupted"));
    await expect(line).rejects.toThrow("interrupted");
    isRestored();
  });
});
