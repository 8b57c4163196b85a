import { dirname } from "node:path";
import type { Manifest } from "../../shared/manifest.ts";
import type { OperatorSecret } from "../../shared/secret.ts";
import type { Contents } from "../session.ts";
import type { Context } from "./command.ts";
import type { Result } from "./review.ts";
import { selectHosts } from "./select-hosts.ts";
import { type Connected, loadTargets, showEach, withSession } from "./sessions.ts";

/** A host beside its declaration, for commands that have no way to change it. */
export interface Looking extends Connected {
  readonly manifest: Manifest;
  readonly contents: Contents;
  readonly secrets: readonly OperatorSecret[];
}

/** Compiles for every host that is meant, and looks at each. Nothing that is cut off on a host is settled, or waited for. */
export async function onEachDeclared(
  context: Context,
  look: (looking: Looking) => Promise<() => Omit<Result, "host">>,
): Promise<Result[]> {
  const { interrupt } = context;
  const { loaded, targets, skipped } = await selectHosts(await loadTargets(context), context);
  const results = await showEach(targets, context, async (target) => {
    const { manifest, contents } = await interrupt.race(loaded.manifestFor(target.declared));
    const directory = dirname(loaded.configPath);
    const secrets = await interrupt.race(context.secrets.neededBy(manifest, directory));
    return withSession(target, context, (connected) => {
      connected.progress.phase({ name: "reading" });
      return look({ ...connected, manifest, contents, secrets });
    });
  });
  return [...results, ...skipped];
}
