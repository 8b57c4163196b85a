import type { Artifact } from "../../shared/artifact.ts";

/** Down to this level every member has a line of its own: one for each resource, change, edge and content. */
const LINES_DOWN_TO = 3;

/** The JSON of an artifact, in lines that can be searched and compared, and without a byte of indent. */
export const artifactText = (artifact: Artifact): string => `${layOut(artifact, 0)}\n`;

function layOut(value: unknown, level: number): string {
  if (level >= LINES_DOWN_TO || typeof value !== "object" || value === null) {
    return JSON.stringify(value);
  }
  const isList = Array.isArray(value);
  const members = isList
    ? value.map((item) => layOut(item, level + 1))
    : Object.entries(value)
        .filter(([, member]) => member !== undefined)
        .map(([key, member]) => `${JSON.stringify(key)}: ${layOut(member, level + 1)}`);
  const [open, close] = isList ? "[]" : "{}";
  if (members.length === 0) return `${open}${close}`;
  return `${open}\n${members.join(",\n")}\n${close}`;
}
