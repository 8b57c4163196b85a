import { isTemplate } from "../../shared/resources/unit-rules.ts";
import { exposuresOf } from "../host/exposure.ts";
import type { Host } from "../host/host.ts";
import type { Remarkable } from "./driver.ts";

/** How much services whose file is new are confined, and were before: `exposure: 9.6 UNSAFE -> 1.3 OK`. */
export async function remarksOnUnits(
  changes: readonly Remarkable<"unit">[],
  host: Host,
): Promise<string[][]> {
  const files = changes.map(fileOf);
  const texts = (side: "before" | "after") =>
    new Map(
      files.flatMap((file) => {
        const text = file?.[side];
        return file === undefined || typeof text !== "string" ? [] : [[file.name, text] as const];
      }),
    );
  const [before, after] = await exposuresOf([texts("before"), texts("after")], host);
  return files.map((file) => {
    const now = file && after?.get(file.name);
    if (file === undefined || now === undefined) return [];
    const was = before?.get(file.name);
    return [`exposure: ${was === undefined || was === now ? "" : `${was} -> `}${now}`];
  });
}

/** The file of a service that is written; a template's instances are not known. */
function fileOf({ resource, differences }: Remarkable<"unit">) {
  const { name } = resource.desired;
  const content = differences.find(({ field }) => field === "content");
  if (!name.endsWith(".service") || isTemplate(name)) return undefined;
  if (typeof content?.after !== "string") return undefined;
  return { name, before: content.before, after: content.after };
}
