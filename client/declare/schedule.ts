import * as z from "zod";
import { UnitName } from "../../shared/brands.ts";
import { faultOfCalendar } from "../../shared/systemd/calendar.ts";
import { withoutSpecifiers } from "../../shared/systemd/quote.ts";
import { parseTimeSpan, PositiveSpan } from "../../shared/systemd/time-span.ts";
import { faultOfZone } from "../../shared/systemd/time-zone.ts";
import { chosen, oneOrMore } from "./chosen.ts";
import { given, type Passed, section } from "./process.ts";
import { COMMON_OPTIONS } from "./resource-options.ts";
import type { CommonOptions, Options } from "./resource-builders.ts";
import * as times from "./schedule-times.ts";

/** What is started: a job, or any other service. */
const Run = z
  .union([z.looseObject({ unit: UnitName }).transform((h) => h.unit as string), UnitName], {
    error: "must be a job, or the name of a service, such as backup.service",
  })
  .refine((unit) => unit.endsWith(".service"), "must be a job or another service");

function rendered<T extends z.ZodType>(schema: T, render: (value: z.output<T>) => times.Rendered) {
  return schema.transform((value, context) => {
    const result = render(value);
    if ("calendar" in result) return result.calendar;
    context.addIssue({ code: "custom", message: result.fault });
    return z.NEVER;
  });
}

const TimeOfDay = z
  .string()
  .refine((text) => times.timeOf(text) !== undefined, `must be ${times.TIME}`);

const Weekday = z.string().superRefine((text, context) => {
  if (times.weekdayOf(text) !== undefined) return;
  context.addIssue({ code: "custom", message: times.weekdayFault(text) });
});

const DayOfMonth = z.union([z.literal("last"), z.int().min(1).max(31)], {
  error: 'must be a day from 1 to 31, or "last"',
});

/** `"mon 04:00"` */
const WeeklyText = z.string().transform((text, context) => {
  const [, day = "", at = ""] = /^([A-Za-z]+) +(\S+)$/.exec(text) ?? [];
  const days = times.weekdayOf(day);
  if (days !== undefined && times.timeOf(at) !== undefined) return { day: [day], at };
  const message =
    day === "" || days !== undefined
      ? `must be a weekday and ${times.TIME}: "mon 04:00"`
      : times.weekdayFault(day);
  context.addIssue({ code: "custom", message });
  return z.NEVER;
});

const WeeklyOptions = z.strictObject(
  { day: oneOrMore(Weekday), at: TimeOfDay },
  'must be a weekday and a time, such as "mon 04:00", or { day: "monday", at: "04:00" }',
);

const Weekly = chosen<
  string | z.input<typeof WeeklyOptions>,
  { readonly day: readonly string[]; readonly at: string }
>((value) => (typeof value === "string" ? WeeklyText : WeeklyOptions));

const Calendar = z.string().superRefine((text, context) => {
  const fault = faultOfCalendar(text);
  if (fault === undefined) return;
  context.addIssue({
    code: "custom",
    message: `must be a calendar expression of systemd.time(7): ${fault}`,
  });
});

/** When a job is started. Several triggers can be combined. */
export const ScheduleOptions = z.strictObject({
  /** What is started: `run: backup`, the handle of a job. */
  run: Run,
  /** One line for people, in `systemctl list-timers`: `description: "Nightly backup"`. */
  description: z.string().optional(),
  /** Every day at a time, or at several: `daily: "02:30"`. */
  daily: oneOrMore(rendered(z.string(), times.daily)).optional(),
  /** Every week: `weekly: "mon 04:00"`, `weekly: { day: ["monday", "thursday"], at: "04:00" }`. */
  weekly: Weekly.optional(),
  /**
   * Every month: `monthly: { day: 1, at: "05:00" }`. `"last"` is its last day; 29, 30 and 31 leave out the months that have no such
   * day.
   */
  monthly: z.strictObject({ day: oneOrMore(DayOfMonth), at: TimeOfDay }).optional(),
  /**
   * By the clock, in even parts of a minute, an hour or a day: `every: "15m"` is at 0, 15, 30 and 45 minutes past each hour. Or
   * the beginning of each `"minute"`, `"hour"`, `"day"`, `"week"`, `"month"`, `"quarter"` or `"year"`.
   */
  every: rendered(z.string(), times.every).optional(),
  /** As systemd.time(7) has it, one expression or several: `calendar: "Mon..Fri *-*-* 10:00"`. */
  calendar: oneOrMore(Calendar).optional(),
  /** The time zone of all of these; the host's own unless set. `timeZone: "Europe/Berlin"` */
  timeZone: z
    .string()
    .superRefine((zone, context) => {
      const fault = faultOfZone(zone);
      if (fault !== undefined) context.addIssue({ code: "custom", message: `must be ${fault}` });
    })
    .optional(),
  /**
   * Once after each boot: `afterBoot: "5m"`. On a host that has been up longer than that, also at once when the schedule is
   * pushed first, or changed.
   */
  afterBoot: PositiveSpan.optional(),
  /** Again when that long has gone by since it was started last, however it was started: `repeatAfter: "1h"`. */
  repeatAfter: PositiveSpan.optional(),
  /** Each start is put off by a random time up to this, so that not all hosts start at once: `jitter: "15m"`. */
  jitter: PositiveSpan.optional(),
  /** Whether a start that was missed while the host was down is made up for at the next boot: `persistent: true`. */
  persistent: z.boolean().optional(),
  /**
   * How late a start may be, so that the host wakes up for several at once. One minute unless set; a second where `every` or
   * `repeatAfter` is shorter than ten minutes. `accuracy: "1s"`
   */
  accuracy: PositiveSpan.optional(),
  /** Whether it is set at boot; true unless set. `enabled: false` */
  enabled: z.boolean().default(true),
  /** Whether it is set now; true unless set. `active: false` */
  active: z.boolean().default(true),
});
export type ScheduleOptions = z.input<typeof ScheduleOptions> &
  Pick<Options<"unit">, "unit" | "timer" | "install"> &
  CommonOptions;

export const PASSED_ON_BY_SCHEDULES = ["unit", "timer", "install", ...COMMON_OPTIONS] as const;

type Parsed = z.output<typeof ScheduleOptions>;

/** The options of the unit resource. Directives given by name win over those that follow from options. */
export function timerOptions(
  schedule: Parsed,
  {
    timer,
    description,
    passed,
  }: { readonly timer: string; readonly description: string; readonly passed: Passed },
): Record<string, unknown> {
  const { run, timeZone } = schedule;
  const zone = timeZone === undefined ? "" : ` ${timeZone}`;
  const calendars = calendarsOf(schedule).map((each) => `${each}${zone}`);
  return {
    ...passed,
    unit: {
      Description: withoutSpecifiers(schedule.description ?? description),
      ...section(passed["unit"]),
    },
    timer: {
      ...given({
        OnCalendar: calendars.length === 0 ? undefined : calendars,
        OnBootSec: schedule.afterBoot,
        OnUnitActiveSec: schedule.repeatAfter,
        RandomizedDelaySec: schedule.jitter,
        Persistent: schedule.persistent,
        AccuracySec: schedule.accuracy ?? (isFrequent(schedule) ? "1s" : undefined),
        // Else systemd starts the service of the same name.
        Unit: run === timer.replace(/\.timer$/, ".service") ? undefined : run,
      }),
      ...section(passed["timer"]),
    },
    install: { WantedBy: "timers.target", ...section(passed["install"]) },
    enabled: schedule.enabled,
    active: schedule.active,
  };
}

function calendarsOf({ daily, weekly, monthly, every, calendar }: Parsed): string[] {
  const others = [
    ...(weekly === undefined ? [] : [times.weekly(weekly.day, weekly.at)]),
    ...(monthly === undefined ? [] : times.monthly(monthly.day, monthly.at)),
  ];
  const texts = others.flatMap((each) => ("calendar" in each ? [each.calendar] : []));
  return [...(daily ?? []), ...texts, ...(every === undefined ? [] : [every]), ...(calendar ?? [])];
}

/** systemd's own accuracy would make one start of several. */
function isFrequent({ every, repeatAfter }: Parsed): boolean {
  const limit = 600_000_000;
  const again = repeatAfter === undefined ? limit : (parseTimeSpan(repeatAfter) ?? limit);
  return (
    again < limit || (every !== undefined && /^(minutely|\*:\*:0\/\d+|\*:0\/[1-6])$/.test(every))
  );
}

/** Why nothing would ever be started, or not as asked; `undefined` when all is well. `trigger`: directives given by name. */
export function whyNever(schedule: Parsed, trigger: object): string | undefined {
  const { repeatAfter, afterBoot, persistent, timeZone } = schedule;
  const named = Object.keys(trigger).some((directive) => /^On[A-Z]/.test(directive));
  const byCalendar = calendarsOf(schedule).length > 0;
  const zoned = (schedule.calendar ?? []).find(
    (each) => timeZone !== undefined && faultOfCalendar(`${each} ${timeZone}`) !== undefined,
  );
  if (zoned !== undefined) {
    return `has a \`timeZone\`, and ${JSON.stringify(zoned)} names one itself. Leave one of them out.`;
  }
  if (!byCalendar && afterBoot === undefined && !named) {
    return repeatAfter === undefined
      ? "says no time at all. Give it one of `daily`, `weekly`, `monthly`, `every`, `calendar` or `afterBoot`."
      : 'repeats what nothing starts first: `repeatAfter` counts from the last start. Add `afterBoot: "1min"`, or go by the clock with `every`.';
  }
  if (byCalendar || named) return undefined;
  if (persistent === true) {
    return "is `persistent`, which means something for times of the calendar alone. Leave it out, or say `daily`, `weekly`, `monthly`, `every` or `calendar`.";
  }
  return timeZone === undefined
    ? undefined
    : "has a `timeZone`, which means something for times of the calendar alone. Leave it out.";
}
