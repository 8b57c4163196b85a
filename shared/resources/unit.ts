import * as z from "zod";
import { UnitName } from "../brands.ts";
import type { Difference } from "../change.ts";
import { isArgv, type Argv } from "../systemd/argv.ts";
import { parseUnit, pathsIn, renderUnit, type Directive } from "../systemd/unit-file.ts";
import { defineKind, type Need } from "./define-kind.ts";

/** Where an administrator's units live; see systemd.unit(5), UNIT FILE LOAD PATH. */
export const UNIT_DIRECTORY = "/etc/systemd/system";

const Text = z
  .string()
  .refine((text) => !/[\r\n\0]/.test(text), "must not contain a line break")
  .refine(
    (text) => !text.trimEnd().endsWith("\\"),
    "must not end with a backslash, which would join it with the next line",
  );
const Command = z.custom<Argv>(
  (value) =>
    isArgv(value) &&
    value.argv.length > 0 &&
    value.argv.every((a) => typeof a === "string" && !a.includes("\0")),
  "must be a command made with argv(…)",
);
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

const value = (directives: readonly Directive[], section: string, name: string) =>
  directives.findLast((d) => d.section === section && d.name === name)?.value;

/** States as observed. `activating` and `restarting` are neither: such a unit may never stay up. */
const RUNNING = ["active", "reloading", "refreshing"];
const STOPPED = ["inactive", "failed"];

/** What makes systemctl(1) enable leave something behind; a section with `Also=` alone is never "enabled". */
const ENABLES = ["WantedBy", "RequiredBy", "UpheldBy", "Alias"];

/** Stopping these takes the host's sessions with it, the agent's own among them. */
const SESSION_KEEPER =
  /^(dbus|dbus-broker|systemd-logind|user@.+|display-manager|gdm3?|sddm|lightdm)\.service$/;

/** `name@.service`: not a unit but the pattern of some; see systemd.unit(5). */
export const isTemplate = (name: string) => /@\.[a-z]+$/.test(name);

/** Ends by itself when its work is done, and is never "active". */
const isJob = (directives: readonly Directive[]) =>
  value(directives, "Service", "Type") === "oneshot" &&
  !["yes", "true", "1", "on"].includes(value(directives, "Service", "RemainAfterExit") ?? "");

interface UnitWish {
  readonly name: string;
  readonly content: string;
  readonly enabled?: boolean | undefined;
  readonly active?: boolean | undefined;
  readonly onChange: "restart" | "reload" | "none";
}

/** What systemd would refuse, or do other than asked, and what would cut the operator off. */
function faultsOf({ name, content, enabled, active, onChange }: UnitWish): string[] {
  const directives = parseUnit(content);
  const faults: string[] = [];
  const isTimer = name.endsWith(".timer");
  const main = isTimer ? "Timer" : "Service";
  if (name.startsWith("@")) faults.push("has a name that starts with @, which systemd refuses");
  if (!directives.some((d) => d.section === main)) faults.push(`needs a [${main}] section`);
  if (isTemplate(name) && (enabled === true || active === true)) {
    faults.push(
      "is a template, which can't be enabled or active itself: declare an instance, such as name@one.service",
    );
  }
  if (
    enabled === true &&
    !directives.some((d) => d.section === "Install" && ENABLES.includes(d.name) && d.value !== "")
  ) {
    faults.push(
      "has enabled: true but nothing in [Install] says where (WantedBy=multi-user.target, for one), so systemd has nothing to enable",
    );
  }
  const type = value(directives, "Service", "Type");
  if (active === true && isJob(directives)) {
    faults.push("has active: true but Type=oneshot without RemainAfterExit=yes is never active");
  }
  if (
    onChange === "reload" &&
    type !== "notify-reload" &&
    !value(directives, "Service", "ExecReload")
  ) {
    faults.push(
      isTimer
        ? 'has onChange: "reload", but a timer can only be restarted'
        : 'has onChange: "reload" but neither ExecReload= nor Type=notify-reload, so systemd can\'t reload it',
    );
  }
  if (SESSION_KEEPER.test(name) && (onChange === "restart" || active === false)) {
    faults.push(
      'would be stopped, which ends every session on the host, this one too: say onChange: "none" (takes effect at the next boot) or "reload", and leave active unset',
    );
  }
  return faults;
}

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
      /** What happens to a running unit whose file changed; `restart` unless set. `onChange: "reload"` */
      onChange: z.enum(["restart", "reload", "none"]).default("restart"),
    })
    .transform(({ content, unit: head, service, timer, install, ...rest }, context) => {
      const sections = { unit: head, service, timer, install };
      const given = Object.values(sections).some((section) => section !== undefined);
      if (given === (content !== undefined)) {
        context.addIssue({
          code: "custom",
          message: "needs either `content` or sections (`unit`, `service`, `timer`, `install`)",
        });
        return z.NEVER;
      }
      const text =
        content ??
        renderUnit(
          Object.fromEntries(
            Object.entries(SECTIONS).map(([key, title]) => [
              title,
              sections[key as keyof typeof sections],
            ]),
          ),
        );
      return { ...rest, content: text.endsWith("\n") ? text : `${text}\n` };
    })
    .superRefine((desired, context) => {
      for (const message of faultsOf(desired)) context.addIssue({ code: "custom", message });
    }),
  observed: z.strictObject({
    /** `null`: the unit comes from elsewhere, such as a package. */
    content: z.string().nullable(),
    /** As systemctl(1) is-enabled says. */
    enabled: z.string(),
    /**
     * As systemctl(1) is-active says; or `restarting`: it ended by itself, and Restart= started it again a moment ago
     * or is about to. It may look active in between.
     */
    active: z.string(),
    /** `stale`: the file changed after systemd read it. */
    loaded: z.enum(["current", "stale"]),
  }),
  contentFields: [],
  handle: (desired) => ({ unit: desired.name, path: `${UNIT_DIRECTORY}/${desired.name}` }),
  provides: (desired) => [`unit:${desired.name}`, `path:${UNIT_DIRECTORY}/${desired.name}`],
  needs: (desired) => {
    const directives = parseUnit(desired.content);
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
      for (const path of pathsIn(text)) {
        needs.push({ claim: `path:${path}`, reason: "path-used-by-unit", match: "nearest" });
      }
    }
    if (desired.name.endsWith(".timer")) {
      const service =
        value(directives, "Timer", "Unit") ?? desired.name.replace(/\.timer$/, ".service");
      needs.push({ claim: `unit:${service}`, reason: "timer-service", match: "exact" });
    }
    return needs;
  },
  contents: () => [],
  diff: (desired, observed) => {
    const differences: Difference[] = [];
    if (desired.content !== observed.content) {
      differences.push({ field: "content", before: observed.content, after: desired.content });
    } else if (observed.loaded === "stale") {
      differences.push({ field: "loaded", before: "stale", after: "current" });
    }
    const { enabled, active } = desired;
    // `enabled-runtime` is forgotten at the next boot: it is not what a person means by enabled.
    if (enabled !== undefined && enabled !== (observed.enabled === "enabled")) {
      const after = enabled ? "enabled" : "disabled";
      differences.push({ field: "enabled", before: observed.enabled, after });
    }
    // A failed unit that should not run is as wished: nothing of it runs.
    if (active !== undefined && !(active ? RUNNING : STOPPED).includes(observed.active)) {
      differences.push({
        field: "active",
        before: observed.active,
        after: active ? "active" : "inactive",
      });
    }
    return differences;
  },
  created: (desired) => [
    { field: "content", before: null, after: desired.content },
    ...(desired.enabled === true ? [{ field: "enabled", before: null, after: "enabled" }] : []),
    ...(desired.active === true ? [{ field: "active", before: null, after: "active" }] : []),
  ],
  follow: (desired, observed, differences) => {
    const fileChanged = differences.some((d) => d.field === "content" || d.field === "loaded");
    if (!fileChanged || desired.active === false || desired.onChange === "none") return null;
    // A job that runs right now is let finish: its next run goes by the new file.
    if (observed.state === "absent" || isJob(parseUnit(desired.content))) return null;
    // `activating` too: it starts with what systemd had read, not with the new file.
    return [...RUNNING, "activating", "restarting"].includes(observed.active)
      ? desired.onChange
      : null;
  },
});
