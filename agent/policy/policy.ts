import * as z from "zod";
import { AbsolutePath } from "../../shared/brands.ts";
import { Action } from "../../shared/change.ts";
import { type Kind, KINDS } from "../../shared/resources/registry.ts";

/** Where a host says what it lets HostKit do. Its owner, root, writes it; HostKit only reads it. */
export const POLICY_PATH = "/etc/hostkit/policy.json";

/** Raised when an older agent could not understand a newer policy. */
const VERSION = 1;

const Signatures = z.strictObject({
  /** Who may sign: a file as in ssh-keygen(1), ALLOWED SIGNERS. */
  allowedSigners: AbsolutePath,
  /** How many of them have to, counted by their names: two keys of one person are one. */
  minimum: z.int().min(1).default(1),
});

const Refusals = z.strictObject({
  /** Kinds of resources that are left alone. */
  kinds: z.array(z.enum(KINDS as readonly [Kind, ...Kind[]])).default([]),
  /** What is done to no resource. */
  actions: z.array(Action.exclude(["none"])).default([]),
});

/** What a member that is left out means: nothing is demanded, nothing is refused. */
const Policy = z.strictObject({
  version: z.literal(VERSION),
  signatures: Signatures.optional(),
  refuse: Refusals.optional(),
});
export type Policy = z.output<typeof Policy>;

type Parsed = { readonly policy: Policy } | { readonly fault: string; readonly isNewer?: true };

/** What a text says, or why it can't be understood. */
export function parsePolicy(text: string): Parsed {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return { fault: `it is not whole JSON (${error instanceof Error ? error.message : ""})` };
  }
  const version: unknown =
    typeof value === "object" && value !== null && "version" in value ? value.version : undefined;
  if (typeof version === "number" && version > VERSION) {
    return { fault: `its version is ${version}, and this agent knows ${VERSION}`, isNewer: true };
  }
  const parsed = Policy.safeParse(value);
  if (parsed.success) return { policy: parsed.data };
  const [issue] = parsed.error.issues;
  return { fault: `at ${issue?.path.join(" → ") || "the top"}: ${issue?.message ?? ""}` };
}
