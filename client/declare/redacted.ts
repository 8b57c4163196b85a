/** Stands for a value that others set on the host. */
export class Redacted {
  constructor() {
    Object.freeze(this);
  }

  toString(): never {
    throw new TypeError("A redacted value is not known. It can only be a leaf of a document.");
  }
}

/**
 * A value on the host that HostKit keeps as it is, and never reads out: `s.ini("app.ini", { JWT_SECRET: redacted })`. Where nobody
 * has set it yet, the key is left out.
 */
export const redacted: Redacted = new Redacted();
