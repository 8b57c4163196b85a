import * as z from "zod";
import { nearestName } from "../../shared/nearest-name.ts";

/** Targets that may be named without their type, see systemd.special(7). */
const TARGETS = [
  "basic",
  "cryptsetup",
  "default",
  "getty",
  "graphical",
  "local-fs",
  "multi-user",
  "network",
  "network-online",
  "network-pre",
  "nss-lookup",
  "nss-user-lookup",
  "paths",
  "printer",
  "remote-fs",
  "slices",
  "sockets",
  "sound",
  "swap",
  "sysinit",
  "time-set",
  "time-sync",
  "timers",
];

/** See systemd.unit(5). */
const TYPES = [
  "automount",
  "device",
  "mount",
  "path",
  "scope",
  "service",
  "slice",
  "socket",
  "swap",
  "target",
  "timer",
];

/** The name of a unit of any type, those that HostKit does not manage too; of a target, also without its type. */
export const AnyUnitName = z
  .string()
  .max(255)
  .superRefine((name, context) => {
    const message = faultOf(name);
    if (message !== undefined) context.addIssue({ code: "custom", message });
  })
  .transform((name) => (TARGETS.includes(name) ? `${name}.target` : name));

function faultOf(name: string): string | undefined {
  if (TARGETS.includes(name)) return undefined;
  const [, stem = "", dot = "", type = ""] =
    /^([A-Za-z0-9:_.\\@-]*?)(\.?)([^.]*)$/.exec(name) ?? [];
  if (dot === "") {
    const hint = hintOf(nearestName(name, TARGETS));
    return `must be the name of a unit with its type, such as postgresql.service, or of a target, such as network-online${hint}`;
  }
  if (stem !== "" && TYPES.includes(type)) return undefined;
  const close = nearestName(type, TYPES);
  const hint = hintOf(close === undefined || stem === "" ? undefined : `${stem}.${close}`);
  return `must be a name that ends with the type of a unit, such as .service or .target${hint}`;
}

const hintOf = (name: string | undefined) =>
  name === undefined ? "" : ` (did you mean ${JSON.stringify(name)}?)`;
