import { type Diagnostic, HostKitError } from "../../shared/diagnostic.ts";
import { canonical } from "../../shared/canonical.ts";
import {
  type HostReference,
  isOperators,
  type OperatorSecret,
  referenceText,
  type SecretReference,
  type SecretUse,
} from "../../shared/secret.ts";
import { type Host, HostFault } from "../host/host.ts";
import { textOf } from "../text-of.ts";

/** Bytes; a secret is a word, a key or a certificate. */
const LIMIT = 64 * 1024;

/** The values of secrets, in memory: those that the operator's side sent, and those that only this host can tell. */
export class SecretValues {
  readonly #host: Pick<Host, "readFiles" | "derive">;
  readonly #values: Map<string, string>;

  constructor(host: Pick<Host, "readFiles" | "derive">, operator: readonly OperatorSecret[] = []) {
    this.#host = host;
    this.#values = new Map(operator.map(({ secret, value }) => [canonical(secret), value]));
  }

  /** Makes `value` know all of these. Throws what is wrong with each that can't be had. */
  async lookUp(uses: readonly SecretUse[]): Promise<void> {
    const problems: Diagnostic[] = [];
    const missing = new Map(uses.map(({ secret }) => [canonical(secret), secret]));
    for (const [key, reference] of missing) {
      if (this.#values.has(key)) continue;
      if (isOperators(reference)) problems.push(notSent(reference));
      else {
        const found = await this.#onHost(reference);
        if (typeof found === "string") this.#values.set(key, found);
        else problems.push(found.problem);
      }
    }
    if (problems.length > 0) throw new HostKitError(problems);
  }

  /** The value of one that was looked up. */
  value({ secret }: SecretUse): string {
    const value = this.#values.get(canonical(secret));
    if (value === undefined) throw new HostKitError(notSent(secret));
    return value;
  }

  async #onHost(reference: HostReference): Promise<string | { problem: Diagnostic }> {
    if (reference.from === "generate") {
      const bytes = this.#host.derive(reference.name, reference.bytes);
      return Buffer.from(bytes).toString(reference.encoding);
    }
    const { path } = reference;
    try {
      const [bytes] = await this.#host.readFiles([path], { limit: LIMIT });
      if (bytes == null) return unreadable(path, "there is no such file of at most 64 KiB");
      // Line breaks at the end are the editor's, not the secret's.
      const text = textOf(bytes)?.replace(/[\r\n]+$/, "");
      if (text === undefined) return unreadable(path, "it is not text");
      return text === "" ? unreadable(path, "it is empty") : text;
    } catch (error) {
      if (!(error instanceof HostFault)) throw error;
      return unreadable(path, error.message);
    }
  }
}

function unreadable(path: string, why: string): { problem: Diagnostic } {
  return {
    problem: {
      severity: "error",
      side: "host",
      code: "HK4096",
      summary: "A secret can't be read on the host.",
      detail: `secret.hostFile(${JSON.stringify(path)}): ${why}. It is read when the plan is made, so it has to be there before the push. Nothing was changed.`,
    },
  };
}

function notSent(reference: SecretReference): Diagnostic {
  return {
    severity: "error",
    side: "agent",
    code: "HK3031",
    summary: "The run needs a secret that it was not given.",
    detail: `${referenceText(reference)} is looked up where HostKit runs and is never kept on the host. Run the command from the declaration that has it (--host NAME), with the secret in place. Nothing was changed by this attempt; \`hostkit rollback\` needs no secrets.`,
  };
}
