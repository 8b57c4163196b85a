import type { Fault } from "./fault.ts";

/** The function of a declaration threw: `cause` is what it threw, `faults` what had been found wrong before. */
export class InterruptedDeclaration extends Error {
  override readonly name = "InterruptedDeclaration";
  readonly faults: readonly Fault[];

  constructor(faults: readonly Fault[], options: ErrorOptions) {
    const { cause } = options;
    super(
      cause instanceof Error ? cause.message : "The function of a declaration failed.",
      options,
    );
    this.faults = faults;
  }
}
