import { callSite, type Frame } from "./call-site.ts";

/** A file beside the declaration, by reference: it is read when the declaration is compiled, never while it runs. */
export class LocalFile {
  /** As written: relative to the file that says so, or absolute. */
  readonly path: string;
  readonly frame: Frame | undefined;

  constructor(path: string, frame: Frame | undefined) {
    this.path = path;
    this.frame = frame;
    Object.freeze(this);
  }
}

/**
 * The content of a file beside the declaration: `content: fromFile("./app.conf")`.
 * The path is relative to the file it is written in.
 */
export function fromFile(path: string): LocalFile {
  if (typeof path !== "string" || path === "" || path.includes("\0")) {
    throw new TypeError('fromFile needs the path of a local file, such as fromFile("./app.conf").');
  }
  return new LocalFile(path, callSite());
}
