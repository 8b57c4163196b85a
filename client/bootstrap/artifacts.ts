import { readFile, stat } from "node:fs/promises";
import { isAbsolute, join, resolve } from "node:path";

import * as z from "zod";

import type { AgentArtifact } from "./artifact.ts";
import { bootstrapFailure } from "./bootstrap-failure.ts";

const entry = z.strictObject({
  agentId: z.string().regex(/^[0-9a-f]{64}$/u, "must be 64 lower-case hexadecimal digits"),
  size: z.int().positive(),
  compressedSize: z.int().positive(),
  file: z
    .string()
    .min(1)
    .refine((file) => !isAbsolute(file) && !file.includes(".."), "must lie in the same directory"),
});

const list = z.strictObject({
  "linux-x64": entry.optional(),
  "linux-arm64": entry.optional(),
});

const TARGETS = ["linux-x64", "linux-arm64"] as const;

/** The agents in `directory`, as its `agents.json` describes them: at least one, each file with the size stated. */
export async function loadArtifacts(directory: string): Promise<AgentArtifact[]> {
  const path = join(resolve(directory), "agents.json");
  const text = await readFile(path, "utf8").catch((error: unknown) => {
    throw bootstrapFailure("HK2100", `${path} cannot be read. ${REBUILD}`, { cause: error });
  });
  const parsed = parseList(path, text);
  const artifacts = TARGETS.flatMap((target) => {
    const described = parsed[target];
    if (described === undefined) return [];
    const { file, ...rest } = described;
    return [{ target, ...rest, path: join(resolve(directory), file) }];
  });
  if (artifacts.length === 0)
    throw bootstrapFailure("HK2100", `${path} names no agent. ${REBUILD}`);
  await Promise.all(artifacts.map(checkFile));
  return artifacts;
}

const REBUILD =
  "In a source tree run npm run build; an installed package that lacks them is incomplete: install it again.";

function parseList(path: string, text: string): z.infer<typeof list> {
  try {
    return list.parse(JSON.parse(text));
  } catch (error) {
    const why = error instanceof z.ZodError ? z.prettifyError(error) : String(error);
    throw bootstrapFailure("HK2101", `${path}: ${why}\n${REBUILD}`, { cause: error });
  }
}

async function checkFile({ path, compressedSize }: AgentArtifact): Promise<void> {
  const found = await stat(path).catch((error: unknown) => {
    throw bootstrapFailure("HK2100", `${path} cannot be read. ${REBUILD}`, { cause: error });
  });
  if (found.size !== compressedSize)
    throw bootstrapFailure(
      "HK2101",
      `${path} has ${found.size} bytes, but agents.json says ${compressedSize}. ${REBUILD}`,
    );
}
