import type { Detail } from "./detail.ts";
import { graphDot } from "./graph/graph-dot.ts";
import { graphJson } from "./graph/graph-json.ts";
import { planMarkdown } from "./markdown/plan-markdown.ts";
import { plansJson } from "./plans-json.ts";
import type { Review } from "./review.ts";

/** What is reviewed as one document, but for text, which is written host by host. */
export type ReviewFormat = "json" | "markdown" | "graph-json" | "graph-dot";

/**
 * `undefined`: there is no host, and so nothing to say in a format for programs. Of a declaration that can't be read, a comment
 * on a pull request says why.
 */
export function renderReview(
  review: Review,
  { format, detail }: { readonly format: ReviewFormat; readonly detail: Detail },
): string | undefined {
  if (format === "markdown") return planMarkdown(review, { detail });
  if (review.hosts.length === 0) return undefined;
  switch (format) {
    case "json":
      return plansJson(review);
    case "graph-json":
      return graphJson(review);
    case "graph-dot":
      return graphDot(review);
  }
}
