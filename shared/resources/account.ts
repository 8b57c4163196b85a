import * as z from "zod";
import { AbsolutePath, type GroupName, GroupRef, NumericId, PathRef, UserName } from "../brands.ts";
import { bounded, type Difference, type DifferenceValue } from "../change.ts";
import { dangerOfAccount } from "./dangers.ts";
import { defineKind, type Need } from "./define-kind.ts";

/** One line of authorized_keys: options, key type, key, comment; see sshd(8), AUTHORIZED_KEYS FILE FORMAT. */
const AUTHORIZED_KEY =
  /(?:^|\s)(?:ssh|ecdsa|sk-ssh|sk-ecdsa)-[a-z0-9@.-]+ [A-Za-z0-9+/]+={0,3}(?:\s|$)/;

// A tab is white space to sshd; any other control character is a mistake, and a line break would smuggle in a key.
// oxlint-disable-next-line no-control-regex
const CONTROL = /[\u0000-\u0008\u000a-\u001f\u007f]/;

const AuthorizedKey = z
  .string()
  .transform((line) => line.trim())
  .refine((line) => !CONTROL.test(line), "must be one line without control characters")
  .refine((line) => !line.startsWith("#"), "must be a key, not a comment")
  .refine(
    (line) => AUTHORIZED_KEY.test(line),
    "must be a line of authorized_keys, such as `ssh-ed25519 AAAA… name`",
  );

/** authorized_keys as it is written. */
export const keyFileText = (keys: readonly string[]): string =>
  keys.map((key) => `${key}\n`).join("");

/** passwd(5) separates its fields with colons and knows no escape. */
const noColon = (path: string) => !path.includes(":");
const NO_COLON = "must not contain a colon, which separates the fields of /etc/passwd";

const uniqueSorted = (names: readonly string[]) => [...new Set(names)].toSorted();

/** Fields that are compared only when they are declared. */
const COMPARED = ["uid", "group", "home", "shell"] as const;

/**
 * A Unix user. What is not declared is left as it is; `groups` and `authorizedKeys`, when declared, are the
 * whole list. A changed home is recorded, its contents are not moved.
 */
export const account = defineKind({
  kind: "account",
  key: "name",
  desired: z
    .strictObject({
      /** What it is called: `"deploy"`. */
      name: UserName,
      /** Its number; unset: the system chooses, and whatever it is stays. `uid: 2000` */
      uid: NumericId.optional(),
      /** Primary group; unset: a group with the user's own name, made with the user. `group: "users"` */
      group: GroupRef.optional(),
      /** Supplementary groups, all of them: `groups: ["adm", operators]`. */
      groups: z
        .array(GroupRef)
        .transform((names) => uniqueSorted(names) as GroupName[])
        .optional(),
      /** Home directory; unset: left to useradd(8), and whatever it is stays. `home: "/srv/deploy"` */
      home: PathRef.refine(noColon, NO_COLON).optional(),
      /** Login shell; unset: `/usr/sbin/nologin` for a system account, else left to useradd(8). `shell: "/bin/sh"` */
      shell: AbsolutePath.refine(noColon, NO_COLON).optional(),
      /** Takes the uid from the range for system users and makes no home directory, when created. `system: true` */
      system: z.boolean().default(false),
      /** The lines of `~/.ssh/authorized_keys`, all of them: `authorizedKeys: ["ssh-ed25519 AAAA… ann@laptop"]`. */
      authorizedKeys: z.array(AuthorizedKey).optional(),
    })
    .transform((desired) =>
      desired.system && desired.shell === undefined
        ? { ...desired, shell: "/usr/sbin/nologin" as AbsolutePath }
        : desired,
    ),
  observed: z.strictObject({
    uid: NumericId,
    group: z.string(),
    groups: z.array(z.string()),
    home: z.string(),
    shell: z.string(),
    /** Empty also when the file is missing; not read unless keys are declared. */
    authorizedKeys: z.array(z.string()),
    /** `refused`: others may write the file or its directory, so sshd ignores it (StrictModes). */
    keyFile: z.enum(["accepted", "refused"]),
  }),
  contentFields: [],
  removal: "keep",
  handle: (desired) => ({
    user: desired.name,
    group: desired.group ?? (desired.name as string as GroupName),
    home: desired.home,
  }),
  provides: (desired) => [
    `user:${desired.name}`,
    ...(desired.group === undefined ? ([`group:${desired.name}`] as const) : []),
  ],
  needs: (desired) => {
    // Without a primary group the user's own is used when it exists, so a declared one comes first.
    const groups = [desired.group ?? desired.name, ...(desired.groups ?? [])];
    const needs: Need[] = groups.map((name) => ({
      claim: `group:${name}`,
      reason: "group",
      match: "exact",
    }));
    if (desired.home !== undefined && desired.home !== "/") {
      const parent = desired.home.slice(0, desired.home.lastIndexOf("/")) || "/";
      needs.push({ claim: `path:${parent}`, reason: "parent-directory", match: "nearest" });
    }
    return needs;
  },
  // useradd(8) makes the home; where none is declared, nearly always this one.
  brings: ({ name, home, system }) => (system ? [] : [`path:${home ?? `/home/${name}`}`]),
  numbers: ({ name, uid }) => (uid === undefined ? undefined : { of: "user", name, number: uid }),
  contents: () => [],
  rendered: ({ authorizedKeys }) =>
    authorizedKeys === undefined
      ? undefined
      : {
          text: keyFileText(authorizedKeys),
          masked: false,
          notes: ["This is its authorized_keys. hostkit dump has its other fields."],
        },
  diff: (desired, observed) => {
    const differences: Difference[] = [];
    for (const field of COMPARED) {
      const after = desired[field];
      if (after !== undefined && after !== observed[field]) {
        differences.push({ field, before: observed[field], after });
      }
    }
    for (const field of ["groups", "authorizedKeys"] as const) {
      const after: readonly string[] | undefined = desired[field];
      const before: readonly string[] = observed[field];
      if (after !== undefined && after.join("\n") !== before.join("\n")) {
        differences.push({ field, before: [...before], after: [...after] });
      }
    }
    if ((desired.authorizedKeys ?? []).length > 0 && observed.keyFile === "refused") {
      differences.push({ field: "keyFile", before: "refused", after: "accepted" });
    }
    return differences;
  },
  created: (desired) =>
    Object.entries(desired)
      .filter(([field, value]) => field !== "name" && value !== undefined && value !== false)
      .filter(([, value]) => !Array.isArray(value) || value.length > 0)
      .map(([field, after]) => ({ field, before: null, after: after as DifferenceValue })),
  removed: (_desired, { uid, group, groups }) => [
    { field: "uid", before: uid, after: null },
    { field: "group", before: group, after: null },
    ...(groups.length === 0 ? [] : [{ field: "groups", before: groups, after: null }]),
  ],
  follow: () => null,
  // usermod(8) and userdel(8) refuse while the user is at work; whether one is can change any time.
  predict: (_desired, { action, observed, differences }) =>
    observed.state === "present" &&
    (action === "delete" || differences.some(({ field }) => field === "uid" || field === "home"))
      ? bounded({ done: "as planned", failed: "refused while it runs programs, and the run fails" })
      : { class: "exact" },
  danger: ({ name }, login) => dangerOfAccount(name, login),
});
