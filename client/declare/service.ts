import * as z from "zod";
import { UserName } from "../../shared/brands.ts";
import type { Handle } from "./handle.ts";
import type { HostHandle } from "./host.ts";
import type { ServiceIsolation } from "./isolation/isolation.ts";
import type { Listeners } from "./listeners.ts";
import { identityOf, type Naming } from "./names.ts";
import type { serviceObservability } from "./observability/service-observability.ts";
import type { Recorder, Scope } from "./recorder.ts";
import type { ResourceBuilders } from "./resource-builders.ts";

export interface ServiceOptions {
  /** The hosts it runs on; unset: every host. `on: [app]` */
  readonly on?: readonly HostHandle[];
  /** What its directory is called below the roots; its name unless set. `path: "example-api"` */
  readonly path?: string;
  /** Who its account is, prefix and all; the project's prefix and its name unless set. `user: "www-data"` */
  readonly user?: string;
  /**
   * What its unit is called, prefix and all, without the type, and what the names of its other units begin with; the project's
   * prefix and its name unless set. `unit: "example-api"`
   */
  readonly unit?: string;
}

/** The options but `on`, which only a project can judge. */
export const ServiceNames = {
  path: z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/, "must be one word: letters, digits, `.`, `_` and `-`")
    .optional(),
  user: UserName.optional(),
  unit: z
    .string()
    .regex(
      /^[A-Za-z0-9:_][A-Za-z0-9:_.-]*$/,
      "must be the name of a unit without its type: letters, digits, `:`, `.`, `_` and `-`",
    )
    .refine(
      (name) => !/\.(service|timer)$/.test(name),
      "must be the name of a unit without its type, such as example-api",
    )
    .optional(),
};

/** What the parts of a service's scope share. */
export interface Service {
  /** As given to `p.service`. */
  readonly name: string;
  /** For messages: `service api`. */
  readonly subject: string;
  /** Its directory below each root. */
  readonly directory: string;
  /** Its unit without the type, which the names of further ones begin with. */
  readonly stem: string;
  readonly user: string;
  readonly naming: Naming;
  readonly recorder: Recorder;
  readonly scope: Scope;
  readonly builders: ResourceBuilders;
  readonly listeners: Listeners;
  readonly isolation: ServiceIsolation;
  readonly observability: ReturnType<typeof serviceObservability>;
  /** The account, or a note that something was declared without one. `what`: `storage data`. */
  readonly owner: (what: string | undefined) => Handle<"account"> | undefined;
}

interface Given {
  readonly path?: string | undefined;
  readonly user?: string | undefined;
  readonly unit?: string | undefined;
}

/** What a service's things are called: as said, or after its name. */
export function serviceNames(
  name: string,
  { given, naming }: { readonly given: Given; readonly naming: Naming },
): Pick<Service, "directory" | "user" | "stem"> {
  const identity = identityOf(name);
  return {
    directory: given.path ?? name,
    user: given.user ?? `${naming.prefixes.user}${identity}`,
    stem: given.unit ?? `${naming.prefixes.unit}${identity}`,
  };
}
