import * as z from "zod";
import { ResourceId, UnitName } from "../brands.ts";
import type { Difference } from "../change.ts";
import { faultOfCommand, isArgv, type Argv } from "../systemd/argv.ts";
import { parseUnit, pathsIn, renderUnit, settingOf } from "../systemd/unit-file.ts";
import { dangerOfUnit } from "./dangers.ts";
import { defineKind, type Need } from "./define-kind.ts";
import { predictUnit } from "./unit-prediction.ts";
import { faultsOfUnit, isJob, SESSION_KEEPER } from "./unit-rules.ts";

/** Where an administrator's units live; see systemd.unit(5), UNIT FILE LOAD PATH. */
export const UNIT_DIRECTORY = "/etc/systemd/system";

const Text = z
  .string()
  .refine((text) => !/[\r\n\0]/.test(text), "must not contain a line break")
  .refine(
    (text) => !text.trimEnd().endsWith("\\"),
    "must not end with a backslash, which would join it with the next line",
  );
const Command = z
  .custom<Argv>(
    (value) =>
      isArgv(value) &&
      value.argv.length > 0 &&
      value.argv.every((argument) => typeof argument === "string"),
    "must be a command made with argv(…)",
  )
  .superRefine((command, context) => {
    const message = faultOfCommand(command);
    if (message !== undefined) context.addIssue({ code: "custom", message });
  });
const Scalar = z.union([Text, z.number(), z.boolean(), Command]);
const Section = z.record(
  z
    .string()
    .regex(
      /^[A-Z][A-Za-z0-9]*$/,
      "must be a directive spelled as systemd spells it, such as ExecStart",
    ),
  z.union([Scalar, z.array(z.union([Text, z.number(), Command]))], {
    error: "must be text, a number, a boolean, argv(…) or a list of these",
  }),
);

const SECTIONS = { unit: "Unit", service: "Service", timer: "Timer", install: "Install" } as const;

/** States as observed. `activating` and `restarting` are neither: such a unit may never stay up. */
const RUNNING = ["active", "reloading", "refreshing"];
const STOPPED = ["inactive", "failed"];

/**
 * Of a job. Whether it runs right now changes by itself, by the clock for one, and says nothing about the host being as wished: it
 * must not make a plan look outdated, nor a host look changed.
 */
export const BY_TURNS = "by turns";

/** What is read when a unit starts: a handle or an id. */
const Input = z.union(
  [ResourceId, z.looseObject({ id: ResourceId }).transform((handle) => handle.id)],
  { error: "must be a handle, or an id such as file:/etc/motd" },
);

/** A systemd service or timer: its file, and whether it is enabled and active. */
export const unit = defineKind({
  kind: "unit",
  key: "name",
  desired: z
    .strictObject({
      /** What it is called, with its type: `"backup.timer"`. */
      name: UnitName,
      /** The whole unit file; either this or sections. `content: "[Service]\nExecStart=/bin/true\n"` */
      content: z.string().min(1).optional(),
      /** Directives of [Unit]: `unit: { Description: "Nightly backup" }`. */
      unit: Section.optional(),
      /** Directives of [Service]: `service: { Type: "oneshot", ExecStart: argv("/usr/local/bin/backup") }`. */
      service: Section.optional(),
      /** Directives of [Timer]: `timer: { OnCalendar: "*-*-* 02:30:00", Persistent: true }`. */
      timer: Section.optional(),
      /** Directives of [Install]: `install: { WantedBy: "timers.target" }`. */
      install: Section.optional(),
      /** Started at boot; unset: left as it is. `enabled: true` */
      enabled: z.boolean().optional(),
      /** Running now; unset: left as it is. `active: true` */
      active: z.boolean().optional(),
      /**
       * Files and links it reads although its own file does not name them: it restarts when they change, as it does for those
       * that are named. `inputs: [config]`
       */
      inputs: z
        .array(Input)
        .transform((ids) => [...new Set(ids)].toSorted())
        .optional(),
      /** What happens to a running unit when its file, or what it reads, changed; `restart` unless set. `onChange: "reload"` */
      onChange: z.enum(["restart", "reload", "none"]).default("restart"),
    })
    .transform(({ content, unit: head, service, timer, install, ...rest }, context) => {
      const sections = { unit: head, service, timer, install };
      const given = Object.values(sections).some((section) => section !== undefined);
      if (given && content !== undefined) {
        context.addIssue({
          code: "custom",
          message:
            "needs either `content` or sections (`unit`, `service`, `timer`, `install`), not both",
        });
        return z.NEVER;
      }
      const rendered = given
        ? renderUnit(
            Object.fromEntries(
              Object.entries(SECTIONS).map(([key, title]) => [
                title,
                sections[key as keyof typeof sections],
              ]),
            ),
          )
        : undefined;
      const text = content ?? rendered;
      // A package brings its file.
      const desired: typeof rest & { content?: string | undefined } = rest;
      if (text !== undefined) desired.content = text.endsWith("\n") ? text : `${text}\n`;
      return desired;
    })
    .superRefine((desired, context) => {
      for (const message of faultsOfUnit(desired)) context.addIssue({ code: "custom", message });
    }),
  observed: z.strictObject({
    /** `null`: the unit comes from elsewhere, such as a package. */
    content: z.string().nullable(),
    /** As systemctl(1) is-enabled says. */
    enabled: z.string(),
    /**
     * As systemctl(1) is-active says; or `restarting`: it ended by itself, and Restart= started it again a moment ago
     * or is about to. It may look active in between. Of a job that ends by itself `by turns`, whatever it does right now.
     */
    active: z.string(),
    /** `stale`: the file changed after systemd read it. */
    loaded: z.enum(["current", "stale"]),
  }),
  contentFields: [],
  beside: ["enabled", "active", "loaded"],
  removal: "delete",
  handle: (desired) => ({ unit: desired.name, path: `${UNIT_DIRECTORY}/${desired.name}` }),
  provides: (desired) =>
    desired.content === undefined
      ? [`unit:${desired.name}`]
      : [`unit:${desired.name}`, `path:${UNIT_DIRECTORY}/${desired.name}`],
  inputs: (desired) => desired.inputs ?? [],
  needs: (desired) => {
    const directives = parseUnit(desired.content ?? "");
    const needs: Need[] = [];
    for (const { section, name, value: text } of directives) {
      if (name === "After" && section === "Unit") {
        for (const other of text.split(/\s+/)) {
          needs.push({ claim: `unit:${other}`, reason: "unit-order", match: "exact" });
        }
      }
      if (section !== "Service") continue;
      if (name === "User")
        needs.push({ claim: `user:${text}`, reason: "unit-user", match: "exact" });
      if (name === "Group" || name === "SupplementaryGroups") {
        for (const group of text.split(/\s+/)) {
          needs.push({ claim: `group:${group}`, reason: "unit-user", match: "exact" });
        }
      }
      // What it is kept from it does not read.
      if (name === "InaccessiblePaths") continue;
      for (const path of pathsIn(text)) {
        needs.push({
          claim: `path:${path}`,
          reason: "path-used-by-unit",
          match: "nearest",
          input: true,
        });
      }
    }
    if (desired.name.endsWith(".timer")) {
      const service =
        settingOf(directives, "Timer", "Unit") ?? desired.name.replace(/\.timer$/, ".service");
      needs.push({ claim: `unit:${service}`, reason: "timer-service", match: "exact" });
    }
    return needs;
  },
  contents: () => [],
  rendered: ({ content }) =>
    content === undefined ? undefined : { text: content, masked: false, notes: [] },
  diff: (desired, observed) => {
    const differences: Difference[] = [];
    const file = desired.content;
    if (file !== undefined && file !== observed.content) {
      differences.push({ field: "content", before: observed.content, after: file });
    } else if (observed.loaded === "stale") {
      differences.push({ field: "loaded", before: "stale", after: "current" });
    }
    const { enabled } = desired;
    // A job is never active: what is, was started when the unit was something else, and would run for ever.
    const outlived = file !== undefined && observed.active === "active" && isJob(parseUnit(file));
    const active = desired.active ?? (outlived ? false : undefined);
    // `enabled-runtime` is forgotten at the next boot: it is not what a person means by enabled.
    if (enabled !== undefined && enabled !== (observed.enabled === "enabled")) {
      const after = enabled ? "enabled" : "disabled";
      differences.push({ field: "enabled", before: observed.enabled, after });
    }
    // A failed unit that should not run is as wished: nothing of it runs.
    if (
      active !== undefined &&
      !(active ? RUNNING : [...STOPPED, BY_TURNS]).includes(observed.active)
    ) {
      differences.push({
        field: "active",
        before: observed.active,
        after: active ? "active" : "inactive",
      });
    }
    return differences;
  },
  created: (desired) => [
    ...[desired.content ?? []].flat().map((after) => ({ field: "content", before: null, after })),
    ...(desired.enabled === true ? [{ field: "enabled", before: null, after: "enabled" }] : []),
    ...(desired.active === true ? [{ field: "active", before: null, after: "active" }] : []),
  ],
  removed: (desired, { content, enabled, active }) => {
    if (SESSION_KEEPER.test(desired.name)) return [];
    // Without a file of ours the unit is the package's, if anything of it is left at all.
    if (
      desired.content === undefined ||
      (content === null && [...STOPPED, BY_TURNS].includes(active))
    ) {
      return [];
    }
    return [
      ...(content === null ? [] : [{ field: "content", before: content, after: null }]),
      { field: "enabled", before: enabled, after: null },
      ...(active === BY_TURNS ? [] : [{ field: "active", before: active, after: null }]),
    ];
  },
  follow: (desired, observed, differences) => {
    const changed = differences.some((d) => ["content", "loaded", "inputs"].includes(d.field));
    if (!changed || desired.active === false || desired.onChange === "none") return null;
    if (observed.state === "absent") return null;
    const file = desired.content;
    // A job that runs right now is let finish: its next run goes by the new file.
    if (file !== undefined && isJob(parseUnit(file))) return null;
    const up = [...RUNNING, "restarting"];
    // `activating` too: it starts with what systemd had read, not with the new file. Of a package's unit it may be a job.
    if (file !== undefined) up.push("activating");
    return up.includes(observed.active) ? desired.onChange : null;
  },
  predict: predictUnit,
  danger: ({ name }) => dangerOfUnit(name),
});
