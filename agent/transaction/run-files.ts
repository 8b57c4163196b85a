import type * as z from "zod";
import { HostKitError } from "../../shared/diagnostic.ts";
import type { LookingHost } from "../host/host.ts";

/** Bytes; a plan of ten thousand resources is far below. */
export const LIMIT = 256 * 1024 * 1024;

/** One JSON file of a run, as it was written; `null` where there is none. What can't be read is refused, never guessed. */
export async function readRunFile<Value>(
  host: LookingHost,
  path: string,
  schema: z.ZodType<Value>,
): Promise<Value | null> {
  const [bytes] = await host.readFiles([path], { limit: LIMIT });
  if (bytes === null || bytes === undefined) return null;
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (error) {
    throw damaged(path, `it is not whole JSON (${String(error)})`);
  }
  const format = (value as { format?: unknown } | null)?.format;
  if (typeof format === "number" && format > 1) throw newer(path, format);
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw damaged(path, `${issue?.path.join(".") ?? ""}: ${issue?.message ?? ""}`);
}

/** As `readRunFile`, of what must be there. */
export async function needRunFile<Value>(
  host: LookingHost,
  path: string,
  schema: z.ZodType<Value>,
): Promise<Value> {
  const found = await readRunFile(host, path, schema);
  if (found === null) throw damaged(path, "it is missing");
  return found;
}

export function damaged(path: string, why: string): HostKitError {
  return new HostKitError({
    severity: "error",
    side: "host",
    code: "HK4040",
    summary: "The record of a run can't be read.",
    detail: `${path}: ${why}. What the run did can't be told from it, so it is neither finished nor taken back, and nothing was changed or removed. Look at the directory: preimages/ holds the files that were replaced. When the host is as it should be, ${setAside(path)}, then push again.`,
  });
}

/** What makes the others forget a run, and loses nothing of it. */
function setAside(path: string): string {
  const [, root, run] = /^(.*)\/runs\/([^/]+)/.exec(path) ?? [];
  return root === undefined || run === undefined
    ? "move the run's directory away"
    : `set the run aside (\`mv ${root}/runs/${run} ~/ && rm -f ${root}/open/${run}\`)`;
}

export function newer(path: string, format: number): HostKitError {
  return new HostKitError({
    severity: "error",
    side: "host",
    code: "HK4041",
    summary: "A run was recorded by a newer agent.",
    detail: `${path} has format ${format}, and this agent knows format 1. Nothing was changed. Use the client that made the run, or a newer one.`,
  });
}

/** A state directory that was copied along with a disk image, or restored from another host's backup. */
export function otherMachine(directory: string): HostKitError {
  return new HostKitError({
    severity: "error",
    side: "host",
    code: "HK4047",
    summary: "The run was made on another machine.",
    detail: `${directory} tells of a run on a host with another machine id, so it says nothing about this one: a disk image or a backup was copied with it. Nothing was changed. To go on, ${setAside(directory)}, then push again.`,
  });
}
