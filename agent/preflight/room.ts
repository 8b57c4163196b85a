import type { Diagnostic } from "../../shared/diagnostic.ts";
import { parentOf } from "../../shared/resources/path-fields.ts";
import type { Kind } from "../../shared/resources/registry.ts";
import type { FileSystem } from "../host/host.ts";
import type { Step, Writing } from "../resources/driver.ts";
import { driverOf } from "../resources/drivers.ts";
import { parentsIn } from "../resources/path-steps.ts";
import type { Preflight } from "./preflight.ts";

/** Bytes that the record of a run takes for each change, about: plan, manifest, journal and events. */
const RECORD = 8 * 1024;

interface Demand {
  readonly system: FileSystem;
  bytes: number;
  files: number;
  /** The first of what is written there. */
  readonly writing: Writing;
}

/** Whether there is room for what the plan writes, and may be written at all; one look for each directory. */
export async function roomFor(
  steps: readonly Step<Kind>[],
  { host, root }: Pick<Preflight, "host" | "root">,
): Promise<Diagnostic[]> {
  const writings = steps.flatMap((step) => [
    ...(driverOf(step.resource.kind).writes?.(step as never) ?? []),
    ...parentsIn(step.differences).map((path): Writing => ({ path, bytes: 0 })),
  ]);
  // The run keeps what it was asked to write, once more, until it has ended.
  const contents = writings.reduce((sum, { bytes }) => sum + bytes, 0);
  const own: Writing = { path: `${root}/runs`, bytes: contents + steps.length * RECORD };
  const all = [own, ...writings];
  const places = [...new Set(all.map(({ path }) => parentOf(path)))];
  const systems = await host.fileSystems(places);
  const byPlace = new Map(places.map((place, index) => [place, systems[index]!]));
  const demands = new Map<string, Demand>();
  for (const writing of all) {
    const system = byPlace.get(parentOf(writing.path))!;
    // A read-only mount may show the same device as one that is not.
    const key = `${system.device} ${system.readOnly}`;
    const demand = demands.get(key) ?? { system, bytes: 0, files: 0, writing };
    demand.bytes += Math.ceil(writing.bytes / system.block) * system.block;
    demand.files += 1;
    demands.set(key, demand);
  }
  return [...demands.values()].flatMap(problemOf);
}

function problemOf({ system, bytes, files, writing }: Demand): Diagnostic[] {
  const { path } = writing;
  const about = { severity: "error", side: "host" } as const;
  if (system.readOnly) {
    return [
      {
        ...about,
        code: "HK4124",
        summary: "A file system that the plan writes to is read-only.",
        detail: `${path} could not be written: what is mounted there is read-only, by its own or because its disk has errors (dmesg tells). Nothing was changed. Remount it writable, or declare another path.`,
      },
    ];
  }
  const lacks =
    bytes > system.free
      ? `${inUnits(bytes)} would be needed, and ${inUnits(system.free)} are free (df -h)`
      : system.freeFiles !== null && files > system.freeFiles
        ? `${files} new files would be needed, and it has room for ${system.freeFiles} (df -i)`
        : undefined;
  if (lacks === undefined) return [];
  return [
    {
      ...about,
      code: "HK4125",
      summary: "There is no room for what the plan writes.",
      detail: `On the file system of ${path} ${lacks}. The run keeps what it replaces, so that it can be taken back; nothing was changed. Free space, then push again.`,
    },
  ];
}

const inUnits = (bytes: number): string =>
  bytes < 1024 * 1024
    ? `${Math.ceil(bytes / 1024)} KiB`
    : `${(bytes / 1024 / 1024).toFixed(1)} MiB`;
