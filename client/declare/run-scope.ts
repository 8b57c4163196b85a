import { describe } from "./describe.ts";
import type { Recorder } from "./recorder.ts";

/** Runs the function of a scope, which must be one that ends before it returns. */
export function runScope<S>(
  fn: (scope: S) => unknown,
  scope: S,
  { recorder, subject }: RunContext,
): void {
  if (typeof fn !== "function") {
    const found = describe(fn, { quote: false });
    const detail = `${subject} needs a function that declares its resources as the last argument, but was given ${found}.`;
    recorder.fault({ code: "HK1027", detail });
    return;
  }
  const result = fn(scope);
  if (!isPromise(result)) return;
  // What comes after its first `await` finds the project complete; that is said here, once, in words.
  result.then(undefined, () => undefined);
  const detail = `The function of ${subject} is async, so what it declares after its first \`await\` would be lost. Make it an ordinary function; read files with fromFile or node:fs, and decide without waiting.`;
  recorder.fault({ code: "HK1005", detail });
}

interface RunContext {
  readonly recorder: Recorder;
  /** For messages: `service api`. */
  readonly subject: string;
}

function isPromise(value: unknown): value is PromiseLike<unknown> {
  return (
    typeof value === "object" &&
    value !== null &&
    "then" in value &&
    typeof value.then === "function"
  );
}
