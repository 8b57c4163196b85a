/** Where in the compiled declaration something was written; a source map leads from there to the user's file. */
export interface Frame {
  /** 1-based. */
  readonly line: number;
  /** 1-based. */
  readonly column: number;
}

/** The name a compiled declaration runs under; frames of any other script are ours or the runtime's. */
export const DECLARATION_SCRIPT = "hostkit-declaration.cjs";

/** Frames between a builder and the declaration that called it: our own, and `Array.map` and its like. */
const DEPTH = 24;

/** The innermost place of the declaration on the stack; `undefined` when it runs without the compiler. */
export function callSite(): Frame | undefined {
  const { stackTraceLimit } = Error;
  const hook = Object.getOwnPropertyDescriptor(Error, "prepareStackTrace");
  const holder: { stack?: unknown } = {};
  try {
    Error.stackTraceLimit = DEPTH;
    Error.prepareStackTrace = (_error, sites) =>
      sites.find((site) => site.getFileName() === DECLARATION_SCRIPT);
    Error.captureStackTrace(holder, callSite);
    const site = holder.stack as NodeJS.CallSite | undefined;
    const line = site?.getLineNumber();
    const column = site?.getColumnNumber();
    return line == null || column == null ? undefined : Object.freeze({ line, column });
  } finally {
    // An absent hook must stay absent: assigning `undefined` counts as having one for some runtimes.
    if (hook === undefined) Reflect.deleteProperty(Error, "prepareStackTrace");
    else Object.defineProperty(Error, "prepareStackTrace", hook);
    Error.stackTraceLimit = stackTraceLimit;
  }
}
