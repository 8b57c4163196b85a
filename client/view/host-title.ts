import { oneLine } from "./text.ts";
import type { HostLabel } from "./view.ts";

/** `app (root@app.example.com:22)`; once where both are the same. */
export function hostTitle({ host, label }: Pick<HostLabel, "host" | "label">): string {
  return host === label ? oneLine(host) : `${oneLine(host)} (${oneLine(label)})`;
}
