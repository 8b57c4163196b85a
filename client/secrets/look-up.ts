import { resolve } from "node:path";
import { type OperatorReference, referenceText } from "../../shared/secret.ts";
import { messageOf, readText } from "../compile/contents.ts";
import type { Fault } from "../declare/fault.ts";
import { runForSecret } from "./run-for-secret.ts";

type Environment = Readonly<Record<string, string | undefined>>;

export interface LookUpContext {
  readonly env: Environment;
  /** The directory of the declaration: paths start there, and commands are run there. */
  readonly directory: string;
}

export type LookedUp = { readonly value: string } | { readonly fault: SecretFault };
type SecretFault = Pick<Fault, "code" | "detail">;

/** Bytes; a secret is a word, a key or a certificate. */
const LIMIT = 64 * 1024;

/** The value of a secret, or why it can't be had. No message ever has anything of a value in it. */
export async function lookUpSecret(
  reference: OperatorReference,
  context: LookUpContext,
): Promise<LookedUp> {
  const found = await find(reference, context);
  if ("fault" in found) return found;
  const value = reference.from === "env" ? found.value : found.value.replace(/[\r\n]+$/, "");
  const what = referenceText(reference);
  if (value === "") return unusable(`${what} is empty.`);
  if (value.includes("\0")) return unusable(`${what} has a NUL character in it.`);
  return { value };
}

function find(reference: OperatorReference, context: LookUpContext): Promise<LookedUp> {
  switch (reference.from) {
    case "env":
      return fromEnvironment(reference.name, context);
    case "file":
      return fromFile(resolve(context.directory, reference.path));
    case "command":
      return fromCommand(reference.argv, context);
  }
}

async function fromEnvironment(name: string, { env }: LookUpContext): Promise<LookedUp> {
  const value = env[name];
  if (value !== undefined) return { value };
  const detail = `The environment variable ${name} is not set. Set it where HostKit runs; the value is sent to the host inside the connection, and kept nowhere but where it is declared.`;
  return { fault: { code: "HK1045", detail } };
}

async function fromFile(path: string): Promise<LookedUp> {
  try {
    return { value: await readText(path, LIMIT) };
  } catch (error) {
    const detail = `${path} was to hold a secret, and ${messageOf(error)}.`;
    return { fault: { code: "HK1046", detail } };
  }
}

async function fromCommand(
  argv: readonly string[],
  { env, directory }: LookUpContext,
): Promise<LookedUp> {
  const ended = await runForSecret(argv, { env, directory, limit: LIMIT });
  if ("output" in ended) return { value: ended.output };
  const detail = `\`${argv.join(" ")}\` was to print a secret, and ${ended.why}. What it printed is not shown. Run it by hand, in ${directory}, to see.`;
  return { fault: { code: "HK1047", detail } };
}

const unusable = (what: string): LookedUp => ({
  fault: { code: "HK1048", detail: `The secret ${what} Nothing was contacted.` },
});
