import { hostTitle } from "./host-title.ts";
import type { PlanStyle } from "./plan-text.ts";
import { indent, oneLine, wrap } from "./text.ts";
import type { ArtifactShown } from "./view.ts";

/** What a plan file is: of which host, made when and by what, and what will be taken from here to apply it. */
export function artifactText(shown: ArtifactShown, { paint, columns }: PlanStyle): string[] {
  const { file, artifact } = shown;
  const { digest, hostkit, created, secrets, manifest } = artifact;
  const about = [
    `project ${manifest.project}, made ${created} by HostKit ${hostkit}`,
    `digest ${digest}`,
    ...signatureLines(shown),
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

function signatureLines({ artifact, verified }: ArtifactShown): string[] {
  const { length } = artifact.signatures;
  if (length === 0) return ["signatures: none"];
  if (verified === undefined) {
    return [`signatures: ${length}, not looked at; --allowed-signers FILE says whose they are`];
  }
  return [
    ...verified.signers.map(
      ({ principal, fingerprint }) => `signed by ${principal} (${fingerprint})`,
    ),
    ...verified.refused.map(
      ({ why, fingerprint = "a signature" }) => `not taken for one: ${fingerprint}: ${why}`,
    ),
  ];
}

/** What can be done with a file that was written. */
export function savedText({ file, artifact }: ArtifactShown): string {
  const name = oneLine(file);
  return `Saved as ${name} (digest ${artifact.digest.slice(0, 12)}). hostkit show ${name} shows it, and hostkit apply ${name} applies exactly this.`;
}
