import { resolve } from "node:path";
import { HostKitError } from "../../shared/diagnostic.ts";
import type { WholeArtifact } from "../../shared/read-artifact.ts";
import { readArtifactFile } from "../artifact/read-artifact-file.ts";
import type { Context } from "./command.ts";

/** A plan file that was found to be sound. */
export interface NamedArtifact extends WholeArtifact {
  /** As it was named. */
  readonly file: string;
}

/** Reads all plan files that are named; what is wrong with any of them is told together. */
export async function readArtifacts({ options, cwd }: Context): Promise<NamedArtifact[]> {
  const reading = await Promise.allSettled(
    options.words.map(async (file) => ({ ...(await readArtifactFile(resolve(cwd, file))), file })),
  );
  const failures = reading.flatMap((each) =>
    each.status === "rejected" ? [each.reason as unknown] : [],
  );
  const unexpected = failures.find((each) => !(each instanceof HostKitError));
  if (unexpected !== undefined) throw unexpected;
  const faults = failures.flatMap((each) => (each instanceof HostKitError ? each.diagnostics : []));
  if (faults.length > 0) throw new HostKitError(faults);
  return reading.flatMap((each) => (each.status === "fulfilled" ? [each.value] : []));
}
