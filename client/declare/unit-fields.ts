import * as z from "zod";
import { UnitName } from "../../shared/brands.ts";
import { nearestName } from "../../shared/nearest-name.ts";
import { type Argv, faultOfCommand, isArgv } from "../../shared/systemd/argv.ts";
import { faultOfValue } from "../../shared/systemd/environment.ts";
import { chosen } from "./chosen.ts";
import { isRecord } from "./resource-options.ts";
import { AnyUnitName } from "./unit-names.ts";

/** Values that daemons, jobs and schedules take alike. */

const UnitHandle = z
  .custom<{ readonly unit: string }>(
    (value) => isRecord(value) && UnitName.safeParse(value["unit"]).success,
    "must be the name of a unit, such as network-online.target, or the handle of one",
  )
  .transform((handle) => handle.unit);

/** A unit of any type, by its name or its handle. */
export const UnitRef = chosen<z.input<typeof UnitHandle> | string, string>((value) =>
  typeof value === "string" ? AnyUnitName : UnitHandle,
);

export const Exec = z
  .union(
    [
      z.custom<Argv>((value) => isArgv(value)),
      z
        .tuple([z.string()], z.string())
        .readonly()
        .transform((words): Argv => ({ argv: words })),
    ],
    { error: "must be a command made with argv(…), or a list of words" },
  )
  .superRefine((command, context) => {
    const message = faultOfCommand(command);
    if (message !== undefined) context.addIssue({ code: "custom", message });
  });

const VARIABLE = /^[A-Za-z_][A-Za-z0-9_]*$/;

export const Environment = z.record(
  z.string().regex(VARIABLE, "must be the name of a variable, such as PORT"),
  z.union([
    z.string().superRefine((text, context) => {
      const message = faultOfValue(text);
      if (message !== undefined) context.addIssue({ code: "custom", message });
    }),
    z.number(),
    z.boolean(),
  ]),
);

/** See signal(7). */
const SIGNALS = [
  "ABRT",
  "ALRM",
  "CONT",
  "HUP",
  "INT",
  "IO",
  "KILL",
  "PIPE",
  "PROF",
  "PWR",
  "QUIT",
  "TERM",
  "TSTP",
  "TTIN",
  "TTOU",
  "URG",
  "USR1",
  "USR2",
  "VTALRM",
  "WINCH",
].map((name) => `SIG${name}`);

/** `SIGHUP`, or `HUP`. */
export const Signal = z
  .string()
  .superRefine((name, context) => {
    if (SIGNALS.includes(withPrefix(name))) return;
    const close = nearestName(withPrefix(name), SIGNALS, 0.3);
    const hint = close === undefined ? "" : ` (did you mean "${close}"?)`;
    context.addIssue({
      code: "custom",
      message: `must be the name of a signal, such as "SIGHUP"${hint}`,
    });
  })
  .transform(withPrefix);

function withPrefix(name: string): string {
  return name.startsWith("SIG") ? name : `SIG${name}`;
}
