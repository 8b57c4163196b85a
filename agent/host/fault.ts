import { HostFault } from "./host.ts";

/** errno(3) of a Node error, if that is what it is. */
export function errnoOf(error: unknown): string | undefined {
  return error instanceof Error && "code" in error && typeof error.code === "string"
    ? error.code
    : undefined;
}

/** Runs a system call on `path`; a refusal by the system becomes a `HostFault`. */
export function attempt<Result>(path: string, call: () => Result): Result {
  try {
    return call();
  } catch (error) {
    throw asFault(path, error);
  }
}

export function asFault(path: string, error: unknown): unknown {
  const code = errnoOf(error);
  if (code === undefined || error instanceof HostFault) return error;
  const { message } = error as Error;
  // Of a call on an open file the system names none.
  const told = "path" in (error as Error) ? message : `${message} '${path}'`;
  return new HostFault({ code, path, message: told }, { cause: error });
}
