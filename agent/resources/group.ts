import { readNames } from "../host/names.ts";
import type { Driver, Reading, Step } from "./driver.ts";
import { editedDuringRun } from "./edited-meanwhile.ts";
import { GROUP_DATABASES, restoreLines } from "./shadow-lines.ts";
import { changedMeanwhile, idTaken, runShadow } from "./shadow-tools.ts";
import { undoEach } from "./undo-path.ts";

export const group: Driver<"group"> = {
  lane: "accounts",
  canTear: true,

  async read(resources, { names, provided }) {
    return resources.map(({ id, desired }): Reading<"group"> => {
      const found = names.groups.get(desired.name);
      if (desired.gid !== undefined && found?.gid !== desired.gid) {
        const holder = names.groupName(desired.gid);
        // A holder that is declared too may be about to move away.
        if (names.groups.has(holder) && !provided(`group:${holder}`)) {
          return { problem: idTaken({ id, what: "gid", number: desired.gid, holder }) };
        }
      }
      return {
        observed: found === undefined ? { state: "absent" } : { state: "present", gid: found.gid },
      };
    });
  },

  async apply(steps, context) {
    for (const step of steps) {
      const { name, gid, system } = step.desired;
      // Read anew: the databases belong to everybody.
      const names = await readNames(context.host);
      const edit = groupEdit(step, names.groups.get(name)?.gid);
      if (edit !== undefined) throw editedDuringRun(step.resource.id, edit);
      context.started(step);
      const number = gid === undefined ? [] : ["--gid", String(gid)];
      await runShadow(context.host, {
        id: step.resource.id,
        argv:
          step.observed.state === "absent"
            ? ["groupadd", ...(system ? ["--system"] : []), ...number, name]
            : ["groupmod", ...number, name],
        name,
        number: gid,
        names,
      });
      context.done(step);
    }
  },

  async remove(steps, context) {
    for (const step of steps) {
      const { id } = step.resource;
      const { name } = step.desired;
      const names = await readNames(context.host);
      const edit = groupEdit(step, names.groups.get(name)?.gid);
      if (edit !== undefined) throw editedDuringRun(id, edit);
      context.started(step);
      await runShadow(context.host, { id, argv: ["groupdel", name], name, names });
      context.done(step);
    }
  },

  keeps: ({ removal }) => (removal ? GROUP_DATABASES : []),

  undo: (steps, context) =>
    undoEach(steps, async ({ resource: { id }, desired: { name, gid }, observed, removal }) => {
      if (removal) {
        const kept = (path: string) => context.kept(path);
        return restoreLines(context.host, { id, group: name, kept });
      }
      const known = await context.names();
      const now = known.groups.get(name)?.gid;
      const before = observed.state === "present" ? observed.gid : undefined;
      if (now === before) return;
      if (now === undefined) throw changedMeanwhile(id, `the group had gid ${before}, and is gone`);
      if (gid !== undefined && now !== gid) {
        throw changedMeanwhile(id, `the run gave it gid ${gid}, and by now it has ${now}`);
      }
      await runShadow(context.host, {
        id,
        argv:
          before === undefined ? ["groupdel", name] : ["groupmod", "--gid", String(before), name],
        name,
        number: before,
        names: known,
        goal: "undo",
      });
    }),
};

/** What somebody else did to it, as a clause. */
function groupEdit(
  { desired: { name }, observed }: Step<"group">,
  now: number | undefined,
): string | undefined {
  const before = observed.state === "present" ? observed.gid : undefined;
  if (now === before) return undefined;
  if (now === undefined) return "the group was removed";
  return before === undefined
    ? `somebody made a group ${name}, with gid ${now},`
    : `its gid was changed from ${before} to ${now}`;
}
