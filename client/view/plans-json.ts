import { EVENTS_VERSION } from "./events-version.ts";
import { documentOf, type Review } from "./review.ts";

/**
 * Plans as a document: each as the `plan` event of `--json` has it, with the diagnostics that came along. Of one host an
 * object, of several a list of objects.
 */
export function plansJson({ hosts }: Review): string {
  return documentOf(
    hosts.map(({ host, shown, diagnostics }) => ({
      version: EVENTS_VERSION,
      host,
      label: shown?.label ?? null,
      summary: shown?.summary ?? null,
      plan: shown?.plan ?? null,
      diagnostics,
    })),
  );
}
