import type { TextStream } from "../view/stream.ts";
import type { Options } from "./flags.ts";
import type { Environment } from "./options.ts";

/** Flag or its variable, else NO_COLOR, else FORCE_COLOR, else whether somebody looks at it. */
export function useColour(
  mode: Options["color"],
  { stream, env }: { readonly stream: TextStream; readonly env: Environment },
): boolean {
  if (mode !== "auto") return mode === "always";
  if (isSet(env["NO_COLOR"])) return false;
  if (isSet(env["FORCE_COLOR"]))
    return env["FORCE_COLOR"] !== "0" && env["FORCE_COLOR"] !== "false";
  return stream.isTerminal && env["TERM"] !== "dumb";
}

/** Whether lines may be redrawn: a person looks at a terminal that can do it, and no CI keeps a log of it. */
export function isLive(stream: TextStream, env: Environment): boolean {
  return stream.isTerminal && env["TERM"] !== "dumb" && !isCi(env);
}

export function isCi(env: Environment): boolean {
  return isSet(env["CI"]) && env["CI"] !== "false" && env["CI"] !== "0";
}

/** https://no-color.org: present and not empty. */
const isSet = (value: string | undefined): value is string => value !== undefined && value !== "";
