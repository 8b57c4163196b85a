import * as z from "zod";
import { Digest } from "../../shared/brands.ts";
import { Manifest } from "../../shared/manifest.ts";
import { Plan } from "../../shared/plan.ts";
import { HostKitError } from "../../shared/diagnostic.ts";
import { OnFailure, RunId } from "../../shared/run.ts";
import { sha256 } from "../digest.ts";
import { contentsIn, type ContentSource, packContents } from "./contents.ts";
import {
  ensureDirectories,
  findDirectory,
  type LookingRoot,
  type Root,
  spoolOf,
} from "./places.ts";
import { recorded } from "./record.ts";
import { damaged, LIMIT, needRunFile, otherMachine } from "./run-files.ts";

/** What an executor is given: everything a run takes, on disk, so that it needs nobody any more. */
const RunRequest = z.strictObject({
  format: z.literal(1),
  run: RunId,
  /** Of the reviewed plan, which lies beside it. */
  plan: Digest,
  by: z.string(),
  onFailure: OnFailure,
  /** Milliseconds there are to confirm it, where it needs that. */
  confirmWithin: z.int().min(0),
  /** What the plan was reviewed as, unless in the session that asked for the run. */
  artifact: z
    .strictObject({ digest: Digest, signatures: z.array(z.string()).readonly() })
    .optional(),
});
export type RunRequest = z.output<typeof RunRequest>;

export interface Requested {
  readonly request: RunRequest;
  readonly plan: Plan;
  readonly manifest: Manifest;
  readonly contents: ContentSource;
}

/** Writes down what was asked for. It is on disk when this returns; gives what `readRequest` knows it by. */
export async function submitRun(
  { host, root }: Root,
  requested: Omit<RunRequest, "format" | "plan"> & {
    readonly plan: Plan;
    readonly manifest: Manifest;
    readonly contents: ContentSource;
  },
): Promise<Digest> {
  const { plan, manifest, contents, ...rest } = requested;
  if ((await findDirectory({ host, root }, rest.run)) !== undefined) throw taken(rest.run);
  const directory = spoolOf(root, rest.run);
  const request: RunRequest = { format: 1, ...rest, plan: plan.digest };
  const write = (name: string, text: string) =>
    host.appendText(`${directory}/${name}`, text, { sync: true });
  const texts = { plan: textOf(plan), manifest: textOf(manifest) };
  await recorded(async () => {
    await ensureDirectories(host, [root, `${root}/spool`, directory]);
    // Side by side, so that the disk is waited for once.
    await Promise.all([
      write("request.json", textOf(request)),
      write("plan.json", texts.plan),
      write("manifest.json", texts.manifest),
      packContents(host, `${directory}/contents`, { refs: plan.contents, source: contents }),
    ]);
  });
  return digestOfTexts(texts);
}

const textOf = (value: unknown): string => `${JSON.stringify(value, null, 1)}\n`;

const digestOfTexts = ({ plan, manifest }: { plan: string; manifest: string }): Digest =>
  sha256(plan + manifest);

/**
 * Reads it back, from wherever the run is by now. `written`: what this very build has written there just now; it was checked
 * before, and checking a thousand resources takes longer than reading them.
 */
export async function readRequest(
  { host }: Pick<LookingRoot, "host">,
  directory: string,
  written?: Digest,
): Promise<Requested> {
  const request = await needRunFile(host, `${directory}/request.json`, RunRequest);
  const { plan, manifest } = (written === undefined
    ? undefined
    : await asWritten(host, directory, written)) ?? {
    plan: await needRunFile(host, `${directory}/plan.json`, Plan),
    manifest: await needRunFile(host, `${directory}/manifest.json`, Manifest),
  };
  return {
    request,
    plan,
    manifest,
    contents: contentsIn(host, `${directory}/contents`, plan.contents),
  };
}

/** Byte for byte what was written; else it is read as anybody's. */
async function asWritten(
  host: LookingRoot["host"],
  directory: string,
  written: Digest,
): Promise<Pick<Requested, "plan" | "manifest"> | undefined> {
  const paths = [`${directory}/plan.json`, `${directory}/manifest.json`];
  const [plan = "", manifest = ""] = (await host.readFiles(paths, { limit: LIMIT })).map((bytes) =>
    new TextDecoder().decode(bytes ?? new Uint8Array()),
  );
  if (digestOfTexts({ plan, manifest }) !== written) return undefined;
  return { plan: JSON.parse(plan) as Plan, manifest: JSON.parse(manifest) as Manifest };
}

/** As `readRequest`, of a run that was made on this very machine, from the plan that was asked for. */
export async function readOwnRequest(
  { host, machineId }: Pick<LookingRoot, "host"> & { readonly machineId: string },
  directory: string,
  written?: Digest,
): Promise<Requested> {
  const requested = await readRequest({ host }, directory, written);
  const { plan, request } = requested;
  if (plan.digest !== request.plan) throw damaged(`${directory}/plan.json`, "it is another plan");
  if (plan.host.machineId !== machineId) throw otherMachine(directory);
  return requested;
}

/** Its record tells of another run, which it must not be mixed with. */
function taken(run: string): HostKitError {
  return new HostKitError({
    severity: "error",
    side: "agent",
    code: "HK3026",
    summary: "There is a run of this name already.",
    detail: `The host has a record of a run ${run}, and a new one was asked for under the same name. Nothing was changed. Push again: each push has a name of its own.`,
  });
}
