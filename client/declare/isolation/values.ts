import * as z from "zod";
import { PathRef } from "../../../shared/brands.ts";
import { nearestName } from "../../../shared/nearest-name.ts";
import { CALL_GROUPS } from "./directives.ts";

/** Values of isolation options, in the forms in which systemd reads them back. */

/** ` (did you mean "@clock"?)`, or nothing. */
export function hint(written: unknown, known: readonly string[]): string {
  const near = typeof written === "string" ? nearestName(written, known) : undefined;
  return near === undefined ? "" : ` (did you mean ${JSON.stringify(near)}?)`;
}

const SIZE = /^\d+(?:\.\d+)?[KMGTPE]?$/;

const isShare = (text: string) => /^\d+(?:\.\d+)?%$/.test(text) && isWithin(text, 100);
const isSize = (text: string) => SIZE.test(text) && isWithin(text, Infinity);
const isWithin = (text: string, most: number) => {
  const value = Number.parseFloat(text);
  return value > 0 && value <= most;
};

const MEMORY =
  'must be a size such as "512M" or "1.5G", a share of all memory such as "25%", or bytes';

/** Bytes, with 1024 to the K, or a share of the host's memory. */
export const Memory = z.union(
  [
    z.int().min(1),
    z.string().refine((text) => text === "infinity" || isShare(text) || isSize(text), MEMORY),
  ],
  { error: MEMORY },
);

/** Of the time of one processor; more than 100% is more than one. */
export const Quota = z
  .string()
  .refine(
    (text) => /^\d+(?:\.\d+)?%$/.test(text) && isWithin(text, Infinity),
    'must be a share of one processor, such as "50%" or, for two of them, "200%"',
  );

export const Weight = z
  .int()
  .refine((weight) => weight >= 1 && weight <= 10_000, "must be a weight from 1 to 10000");

const TASKS = 'must be a number of processes and threads, or a share of the host\'s, such as "10%"';

export const Tasks = z.union(
  [z.int().min(1), z.string().refine((text) => text === "infinity" || isShare(text), TASKS)],
  { error: TASKS },
);

const SYMBOLIC = ["any", "localhost", "link-local", "multicast"] as const;

/** As IPAddressAllow= takes them; see systemd.resource-control(5). */
export const Address = z.union([z.enum(SYMBOLIC), z.ipv4(), z.ipv6(), z.cidrv4(), z.cidrv6()], {
  error: `must be an address, a network such as 10.0.0.0/8, or one of ${SYMBOLIC.map((name) => `"${name}"`).join(", ")}`,
});

/** A system call or a group of them; `~` denies it. */
export const Calls = z
  .string()
  .refine(
    (text) => /^~?@?[a-z0-9_-]+$/.test(text),
    "must be a system call, or a group of them such as @clock; `~` before it denies it",
  )
  .refine((text) => !text.includes("@") || CALL_GROUPS.includes(text.replace("~", "")), {
    error: ({ input }) =>
      `must be a group that systemd-analyze(1), syscall-filter, lists${hint(String(input).replace("~", ""), CALL_GROUPS)}`,
  });

const DeviceNode = z
  .string()
  .refine(
    (text) => /^(?:\/dev\/[^\s"'\\%]+|(?:char|block)-[^\s"'\\%]+)$/.test(text),
    "must be a device, such as /dev/fuse, or a class of them, such as char-input",
  );

/** With what may be done: `r` read, `w` write, `m` make. */
export const Device = z.union([
  DeviceNode.transform((path) => ({ path, access: "rw" })),
  z.strictObject({
    /** Which: `"/dev/fuse"`, or a class as /proc/devices names it: `"char-input"`. */
    path: DeviceNode,
    /** What may be done with it; `rw` unless set. `access: "r"` */
    access: z.enum(["r", "rw", "rwm", "w"]).default("rw"),
  }),
]);

export const Paths = z.array(PathRef);
