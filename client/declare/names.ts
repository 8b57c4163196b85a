import { AbsolutePath } from "../../shared/brands.ts";
import * as z from "zod";

/** Names of projects, hosts and services, and what is derived from them. */

/** Names of projects and hosts. */
export const WordName = z
  .string()
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/,
    "must be one word: letters, digits, `.`, `_` and `-`, at most 128 characters",
  );

export const ServiceName = z
  .string()
  .regex(
    /^[a-z][a-z0-9_-]*$/,
    "must be lower-case letters, digits, `_` and `-`, beginning with a letter",
  );

export const StorageName = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/, "must be one word: letters, digits, `.`, `_` and `-`");

/** Where things of a kind live. Below each, a service has a directory of its own; `bin` is shared by all. */
const DEFAULT_ROOTS = Object.freeze({
  /** What a service keeps: `/var/lib/api`. */
  data: "/var/lib",
  /** What an administrator sets: `/etc/api`. */
  config: "/etc",
  /** What can be made again: `/var/cache/api`. */
  cache: "/var/cache",
  /** `/var/log/api`. */
  logs: "/var/log",
  /** What a reboot clears: `/run/api`. */
  run: "/run",
  /** Programs that bring their own tree: `/opt/api`. */
  opt: "/opt",
  /** Single programs, for everybody's PATH: `/usr/local/bin`. */
  bin: "/usr/local/bin",
});
export type DefaultRoot = keyof typeof DEFAULT_ROOTS;

/** Roots without a directory for each service. */
const SHARED_ROOTS: readonly string[] = ["bin"] satisfies DefaultRoot[];

/** Whether each service has a directory of its own in a root. */
export function hasOwnDirectory(naming: Naming, root: string): boolean {
  return Object.hasOwn(naming.roots, root) && !SHARED_ROOTS.includes(root);
}

const Roots = z.record(
  z.string().regex(/^[a-z][A-Za-z0-9]*$/, "must be a word, such as data"),
  AbsolutePath,
);
const Prefix = z
  .string()
  .regex(/^[a-z][a-z0-9_-]*$/, "must be lower-case letters, digits, `_` and `-`");

export const ProjectOptions = z.strictObject({
  roots: Roots.optional(),
  prefixes: z.strictObject({ user: Prefix.optional(), unit: Prefix.optional() }).optional(),
});

export interface Naming {
  readonly roots: Readonly<Record<string, string>>;
  readonly prefixes: { readonly user: string; readonly unit: string };
}

export function namingOf(options: z.output<typeof ProjectOptions>): Naming {
  const { user = "", unit = "" } = options.prefixes ?? {};
  return { roots: { ...DEFAULT_ROOTS, ...options.roots }, prefixes: { user, unit } };
}

/** `_` has no place in unit names by custom; users and units of a service are spelled alike. */
export function identityOf(service: string): string {
  return service.replaceAll("_", "-");
}

/** `undefined` when the root is not declared. */
export function pathIn(
  naming: Naming,
  root: string,
  { service, parts }: { service: string; parts: readonly string[] },
) {
  const base = Object.hasOwn(naming.roots, root) ? naming.roots[root] : undefined;
  if (base === undefined) return undefined;
  const own = SHARED_ROOTS.includes(root) ? [] : [service];
  return [base === "/" ? "" : base, ...own, ...parts].join("/");
}
