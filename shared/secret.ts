/**
 * A secret: a reference to a value that is looked up at the operator, in memory, when a session needs it.
 * It has no string form. Whatever would print, join or serialise it throws instead, so that a value or even the
 * intention to embed it never reaches a manifest, a log or an argument by accident.
 */

export type SecretReference = { readonly from: "env"; readonly name: string };

const INSPECT = Symbol.for("nodejs.util.inspect.custom");

function refuse(): never {
  throw new TypeError(
    "A secret has no text form. Give it to an option that takes a secret, such as ssh.password.",
  );
}

export class Secret {
  readonly reference: SecretReference;

  constructor(reference: SecretReference) {
    this.reference = Object.freeze({ ...reference });
    Object.freeze(this);
  }

  toString(): never {
    return refuse();
  }
  toJSON(): never {
    return refuse();
  }
  [Symbol.toPrimitive](): never {
    return refuse();
  }
  /** What a person sees when printing one while debugging: where it comes from, never what it is. */
  [INSPECT](): string {
    return `Secret(${this.reference.from}:${this.reference.name})`;
  }
}
