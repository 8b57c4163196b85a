import type { Diagnostic } from "../../shared/diagnostic.ts";
import { jsonText } from "./json-text.ts";
import type { ArtifactShown, PlanShown } from "./view.ts";

/** What planning came to on one host. */
export interface HostReview {
  readonly host: string;
  /** `null` where there is no plan; the diagnostics say why, unless nothing was to be planned. */
  readonly shown: PlanShown | null;
  /** Whether there should have been one. */
  readonly failed: boolean;
  readonly diagnostics: readonly Diagnostic[];
  /** The plan file that it is in, where it is in one. */
  readonly artifact?: ArtifactShown | undefined;
}

/** All that is reviewed together: what renderings of several hosts as one document are made from. */
export interface Review {
  readonly hosts: readonly HostReview[];
  /** What is about no host, such as warnings of the declaration. */
  readonly diagnostics: readonly Diagnostic[];
}

/** A JSON document to look at: of one host an object, of several a list of objects. */
export function documentOf(list: readonly object[]): string {
  return `${jsonText(list.length === 1 ? list[0] : list, { indent: 2 })}\n`;
}
