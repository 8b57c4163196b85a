import * as z from "zod";
import { AbsolutePath } from "../brands.ts";
import { dangerOfPath } from "./dangers.ts";
import { defineKind } from "./define-kind.ts";
import {
  createdFields,
  diffFields,
  parentOf,
  pathNeeds,
  providesPath,
  removedFields,
} from "./path-fields.ts";

const LinkTarget = z.union(
  [
    z.string().min(1).max(4095),
    z.looseObject({ path: AbsolutePath }).transform((h) => h.path as string),
  ],
  { error: "must be the path the link points to, or a handle with a path" },
);

/** Where a link leads, as an absolute path: relative targets start at the link's directory, see symlink(7). */
export function resolveTarget(path: string, to: string): string {
  const parts = (to.startsWith("/") ? to : `${parentOf(path)}/${to}`).split("/");
  const kept: string[] = [];
  for (const part of parts) {
    if (part === "..") kept.pop();
    else if (part !== "" && part !== ".") kept.push(part);
  }
  return `/${kept.join("/")}`;
}

/** A symbolic link, owned by root. Whether its target exists is not its concern unless it says so. */
export const symlink = defineKind({
  kind: "symlink",
  key: "path",
  desired: z.strictObject({
    /** Where it is: `"/usr/local/bin/app"`. */
    path: AbsolutePath,
    /** Where it leads: a path, relative to its own directory or absolute, or a handle with one. `to: "/opt/app/bin/app"` */
    to: LinkTarget,
    /**
     * Whether it may not lead nowhere: a push is refused when what it leads to is neither on the host nor declared. False unless
     * set. `mustExist: true`
     */
    mustExist: z.boolean().optional(),
  }),
  observed: z.strictObject({ to: z.string() }),
  contentFields: [],
  inputField: "to",
  leadsTo: ({ path, to }) => ({ from: path, to: resolveTarget(path, to) }),
  removal: "delete",
  handle: (desired) => ({ path: desired.path }),
  provides: providesPath,
  needs: (desired) => [
    ...pathNeeds({ path: desired.path }),
    {
      claim: `path:${resolveTarget(desired.path, desired.to)}`,
      reason: "link-target",
      match: "nearest",
    },
  ],
  contents: () => [],
  rendered: ({ to }) => ({ text: to, masked: false, notes: ["This is where the link leads."] }),
  diff: (desired, observed) => diffFields(["to"], desired, observed),
  created: (desired) => createdFields(["to"], desired),
  removed: (_desired, observed) => removedFields(["to"], observed),
  follow: () => null,
  danger: ({ path }) => dangerOfPath(path),
});
