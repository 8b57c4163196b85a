import type { Artifact } from "../../shared/artifact.ts";
import { targetOf } from "../artifact/reach.ts";
import type { HostLabel } from "../view/view.ts";

/** The host that a plan file is of, as it was reached then. */
export function savedHost({ manifest, reach }: Artifact): HostLabel {
  const { flags } = targetOf(manifest.host, reach);
  const label = reach.kind === "local" ? "local" : flags.replace(/^--ssh /, "");
  return { host: manifest.host, label, target: flags };
}
