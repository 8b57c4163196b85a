import { DIFF_LIMIT } from "../../shared/content.ts";
import type { Plan } from "../../shared/plan.ts";
import type { Contents } from "../session.ts";

/** What new files will hold: the host has nothing to compare with, so the client shows what it has. */
export async function createdTexts(
  plan: Pick<Plan, "changes">,
  contents: Contents,
): Promise<ReadonlyMap<string, string>> {
  const texts = new Map<string, string>();
  for (const { differences } of plan.changes) {
    for (const { before, after } of differences) {
      if (before !== null || typeof after !== "object" || after === null || !("sha256" in after))
        continue;
      if (!after.text || after.size > DIFF_LIMIT || texts.has(after.sha256)) continue;
      const decoder = new TextDecoder();
      let text = "";
      for await (const piece of contents.open(after.sha256)) {
        text += decoder.decode(piece, { stream: true });
      }
      texts.set(after.sha256, text + decoder.decode());
    }
  }
  return texts;
}
