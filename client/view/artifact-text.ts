import { hostTitle } from "./host-title.ts";
import type { PlanStyle } from "./plan-text.ts";
import { indent, oneLine, wrap } from "./text.ts";
import type { ArtifactShown } from "./view.ts";

/** What a plan file is: of which host, made when and by what, and what will be taken from here to apply it. */
export function artifactText(shown: ArtifactShown, { paint, columns }: PlanStyle): string[] {
  const { file, artifact } = shown;
  const { digest, hostkit, created, secrets, manifest, signatures } = artifact;
  const about = [
    `project ${manifest.project}, made ${created} by HostKit ${hostkit}`,
    `digest ${digest}`,
    `signatures: ${signatures.length === 0 ? "none" : signatures.length}`,
    ...(secrets.length === 0 ? [] : [`takes from where it is applied: ${secrets.join(", ")}`]),
  ];
  return [
    `${paint.strong(oneLine(file))}: plan of ${hostTitle(shown)}`,
    ...indent(
      about.flatMap((line) => wrap(oneLine(line), Math.max(columns - 2, 1))),
      "  ",
    ),
    "",
  ];
}

/** What can be done with a file that was written. */
export function savedText({ file, artifact }: ArtifactShown): string {
  const name = oneLine(file);
  return `Saved as ${name} (digest ${artifact.digest.slice(0, 12)}). hostkit show ${name} shows it, and hostkit apply ${name} applies exactly this.`;
}
