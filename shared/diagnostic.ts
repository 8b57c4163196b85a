/**
 * A problem shown to a person. The code is stable and searchable; the summary is a fixed sentence without user values;
 * the detail says what is wrong, where, why it matters and what to do.
 */

/** Whose side the problem is on; printed as the prefix of the code. */
export type Side = "config" | "ssh" | "agent" | "host" | "cli";

export interface SourceLocation {
  readonly file: string;
  /** 1-based. */
  readonly line: number;
  /** 1-based. */
  readonly column: number;
}

export interface Diagnostic {
  readonly severity: "error" | "warning";
  readonly side: Side;
  /** `HK` and four digits; never reused for another meaning. */
  readonly code: `HK${number}`;
  readonly summary: string;
  readonly detail: string;
  /** The resource concerned, by id. */
  readonly resource?: string;
  /** Where it was declared. */
  readonly source?: SourceLocation;
}

/** A failure that a person can meet. Anything else that is thrown is a bug in HostKit. */
export class HostKitError extends Error {
  override readonly name = "HostKitError";
  readonly diagnostics: readonly Diagnostic[];

  constructor(diagnostics: Diagnostic | readonly Diagnostic[], options?: ErrorOptions) {
    const list = Array.isArray(diagnostics)
      ? (diagnostics as readonly Diagnostic[])
      : [diagnostics as Diagnostic];
    super(list.map((d) => `${d.code} ${d.summary} ${d.detail}`).join("\n"), options);
    this.diagnostics = list;
  }
}
