import { dirname, isAbsolute, relative, resolve, sep } from "node:path";
import { originalPositionFor, TraceMap } from "@jridgewell/trace-mapping";
import type { SourceLocation } from "../../shared/diagnostic.ts";
import type { Frame } from "../declare/call-site.ts";

/** A place in a file of the user. */
export interface Place {
  /** Absolute. */
  readonly path: string;
  readonly line: number;
  readonly column: number;
}

/** Leads from places in a compiled declaration to the files it was made of. Decoded when first asked. */
export class SourceMap {
  readonly #json: string;
  readonly #configPath: string;
  readonly #cwd: string;
  #trace: TraceMap | undefined;

  constructor(
    json: string,
    { configPath, cwd }: { readonly configPath: string; readonly cwd: string },
  ) {
    this.#json = json;
    this.#configPath = configPath;
    this.#cwd = cwd;
  }

  /** `undefined` for code that no file of the user has. */
  place(frame: Frame | undefined): Place | undefined {
    if (frame === undefined) return undefined;
    this.#trace ??= new TraceMap(this.#json);
    // Columns of stack frames begin at 1, those of source maps at 0.
    const found = originalPositionFor(this.#trace, { line: frame.line, column: frame.column - 1 });
    if (found.source === null) return undefined;
    return {
      path: resolve(dirname(this.#configPath), found.source),
      line: found.line,
      column: found.column + 1,
    };
  }

  locate(frame: Frame | undefined): SourceLocation | undefined {
    const place = this.place(frame);
    return place === undefined ? undefined : locationOf(place, this.#cwd);
  }
}

/** As a person at `cwd` would write it: relative for files inside, absolute for others. */
export function locationOf({ path, line, column }: Place, cwd: string): SourceLocation {
  return { file: pathFrom(cwd, path), line, column };
}

export function pathFrom(cwd: string, path: string): string {
  const short = relative(cwd, path);
  return short === "" || short === ".." || short.startsWith(`..${sep}`) || isAbsolute(short)
    ? path
    : short;
}
