import type { Diagnostic } from "../../shared/diagnostic.ts";
import type { ResourceOf } from "../../shared/resources/registry.ts";
import { resolveTarget } from "../../shared/resources/symlink.ts";
import type { ReadContext } from "./driver.ts";

/** What is wrong with each link that has to lead somewhere and would not; one look at the host for all of them. */
export async function leadingNowhere(
  resources: readonly ResourceOf<"symlink">[],
  { host, provided }: ReadContext,
): Promise<readonly (Diagnostic | undefined)[]> {
  const targets = resources.map(({ desired: { path, to, mustExist } }) => {
    const target = resolveTarget(path, to);
    return mustExist === true && !provided(`path:${target}`) ? target : undefined;
  });
  const asked = [...new Set(targets.flatMap((target) => target ?? []))];
  if (asked.length === 0) return resources.map(() => undefined);
  const entries = await host.inspect(asked, { digest: false });
  const absent = new Set(asked.filter((_path, index) => entries[index]?.type === "absent"));
  return resources.map(({ id, desired }, index) => {
    const target = targets[index];
    return target === undefined || !absent.has(target)
      ? undefined
      : nowhere(id, desired.to, target);
  });
}

export const nowhere = (id: string, to: string, target: string): Diagnostic => ({
  severity: "error",
  side: "host",
  code: "HK1054",
  summary: "A link would lead nowhere.",
  detail: `${id} should lead to ${to}, but ${target} is neither on the host nor declared, and the link has to lead somewhere (\`mustExist\`; each release has it). Declare what is there (\`files\` of the release, or the directory itself), or put it there before the push.`,
  resource: id,
});
