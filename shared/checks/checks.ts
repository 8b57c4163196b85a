import * as z from "zod";
import { PathRef, UnitName } from "../brands.ts";
import { isArgv } from "../systemd/argv.ts";
import { HttpCheck } from "./http-check.ts";

/** What can be asked of something that runs on a host: whether it is ready, or whether it still is. */

const ENDPOINT_MESSAGE =
  'must be a host and a port from 1 to 65535, such as "127.0.0.1:4000" or { host: "127.0.0.1", port: 4000 }';

const Port = z.int().min(1).max(65_535);
const HostName = z.string().regex(/^[A-Za-z0-9:._%-]+$/);
const HOST_AND_PORT = /^(?:\[([0-9A-Fa-f:.%a-z]+)\]|([^\s:[\]/]+)):(\d{1,5})$/;

function partsOf(text: string): { host: string; port: number } | undefined {
  const [, address, name, port] = HOST_AND_PORT.exec(text) ?? [];
  return port === undefined ? undefined : { host: address ?? name ?? "", port: Number(port) };
}

/** `host:port`, or what has both: the handle of a listener. */
export const Endpoint = z.union(
  [
    z
      .string()
      .refine((text) => Port.safeParse(partsOf(text)?.port).success, ENDPOINT_MESSAGE)
      .transform((text) => partsOf(text) ?? { host: "", port: 0 }),
    z.looseObject({ host: HostName, port: Port }).transform(({ host, port }) => ({ host, port })),
  ],
  { error: ENDPOINT_MESSAGE },
);
export type Endpoint = z.output<typeof Endpoint>;

/** The name of a unit, or what has one. */
export const UnitRef = z.union(
  [UnitName, z.looseObject({ unit: UnitName }).transform(({ unit }) => unit)],
  { error: "must be the name of a unit, such as api.service, or the handle of one" },
);

/** Text, or what a regular expression is made of; its flags would be lost on the way to the host. */
const Pattern = z
  .union([
    z.string().min(1),
    z
      .custom<RegExp>((value) => value instanceof RegExp && /^u?$/.test(value.flags))
      .transform(({ source }) => source),
  ])
  .refine(isPattern, "must be a regular expression that JavaScript can read");

function isPattern(source: string): boolean {
  try {
    return new RegExp(source, "u").source !== "";
  } catch {
    return false;
  }
}

/** A line in the journal of a unit since it was started last. */
export const LogCheck = z
  .strictObject({
    /** Whose journal; the unit that the readiness is of, where it is of one. `unit: api` */
    unit: UnitRef.optional(),
    /** Text that one of its lines must have: `contains: "listening on"`. */
    contains: z.string().min(1).optional(),
    /** A regular expression that one of its lines must match: `matches: /listening on port \d+/`. */
    matches: Pattern.optional(),
  })
  .refine(
    ({ contains, matches }) => (contains === undefined) !== (matches === undefined),
    "needs either `contains` or `matches`",
  );
export type LogCheck = z.output<typeof LogCheck>;

const COMMAND_MESSAGE =
  'must be a command, such as ["pg_isready", "--quiet"], or one made with argv(…)';
const Words = z.array(z.string()).readonly();
const Command = z
  .union([Words, z.object({ argv: Words }).transform(({ argv }) => argv)], {
    error: COMMAND_MESSAGE,
  })
  .refine((words) => isArgv({ argv: words }) && (words[0] ?? "") !== "", "must name a program")
  .refine(
    (words) => !words.some((word) => word.includes("\0")),
    "must not contain a NUL character, which no command can be given",
  )
  .transform((words) => words as readonly [string, ...string[]]);

/** One of each; where several are given, all must hold. */
export const CHECKS = {
  /** A URL that answers: `http: { url: "http://127.0.0.1:4000/health", status: 200 }`. */
  http: HttpCheck.optional(),
  /** A port that takes connections: `tcp: "127.0.0.1:4000"`, or the handle of a listener. */
  tcp: Endpoint.optional(),
  /** A Unix socket that takes connections: `socket: "/run/api/api.sock"`. */
  socket: PathRef.optional(),
  /** A unit that is active, and is still the same process two seconds later: `unit: api`. */
  unit: UnitRef.optional(),
  /** A command that ends with status 0, run as root without a shell: `command: ["pg_isready"]`. */
  command: Command.optional(),
  /** A line in a unit's journal since it was started last: `log: { unit: api, contains: "listening" }`. */
  log: LogCheck.optional(),
};

const Checks = z.object(CHECKS);
export type Checks = z.output<typeof Checks>;

export const hasCheck = (checks: Checks): boolean =>
  Object.keys(CHECKS).some((name) => checks[name as keyof Checks] !== undefined);

export const NO_CHECK = `needs at least one check: ${Object.keys(CHECKS)
  .map((name) => `\`${name}\``)
  .join(", ")}`;
