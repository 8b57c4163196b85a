import type { Diagnostic } from "../../shared/diagnostic.ts";
import type { HostReview, Review } from "./review.ts";
import type { TextStream } from "./stream.ts";
import type { ArtifactShown, HostResult, PlanShown, View } from "./view.ts";

/**
 * Writes plans as one document when all is said. Everything else is said by the view that it stands before; problems by both.
 */
export function createFormatView(
  view: View,
  options: {
    readonly out: TextStream;
    /** `undefined`: there is nothing to write. */
    readonly render: (review: Review) => string | undefined;
    /** What the process ends with when it was interrupted: half of a review must not be taken for all of it. */
    readonly interrupted: number;
  },
): View {
  const { out, render, interrupted } = options;
  const shown: { readonly plan: PlanShown; readonly artifact: ArtifactShown | undefined }[] = [];
  /** Told of right before the plan that is in it. */
  let artifact: ArtifactShown | undefined;
  const told = new Map<string | undefined, Diagnostic[]>();
  const reviewOf = (results: readonly HostResult[]): Review => {
    const exits = new Map(results.map(({ host, exitCode }) => [host, exitCode]));
    const named = [...exits.keys(), ...shown.map(({ plan }) => plan.host), ...told.keys()];
    const hosts = [...new Set(named)].filter((host) => host !== undefined);
    return {
      hosts: hosts.flatMap((host): HostReview[] => {
        const diagnostics = told.get(host) ?? [];
        // Of one host there may be several plan files.
        const [first, ...others] = shown.filter(({ plan }) => plan.host === host);
        if (first === undefined) {
          return [{ host, shown: null, failed: exits.get(host) !== 0, diagnostics }];
        }
        const reviewed = { host, failed: false };
        return [
          { ...reviewed, shown: first.plan, artifact: first.artifact, diagnostics },
          ...others.map((other) => ({
            ...reviewed,
            shown: other.plan,
            artifact: other.artifact,
            diagnostics: [],
          })),
        ];
      }),
      diagnostics: told.get(undefined) ?? [],
    };
  };
  return {
    ...view,
    artifact: (file) => {
      artifact = file;
    },
    plan: (plan) => {
      shown.push({ plan, artifact });
      artifact = undefined;
    },
    diagnostics: (list, host) => {
      view.diagnostics(list, host);
      told.set(host, [...(told.get(host) ?? []), ...list]);
    },
    summary: (exitCode, hosts) => {
      view.summary(exitCode, hosts);
      const text = exitCode === interrupted ? undefined : render(reviewOf(hosts));
      if (text !== undefined) out.write(text);
    },
  };
}
