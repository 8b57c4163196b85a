import type { Difference } from "../../shared/change.ts";
import type { Desired, ResourceOf } from "../../shared/resources/registry.ts";
import { HostKitError } from "../../shared/diagnostic.ts";
import type { GroupEntry, Names, PasswdEntry } from "../host/names.ts";
import { readNames } from "../host/names.ts";
import { accountEdit } from "./account-fields.ts";
import { removeAccount } from "./account-remove.ts";
import { keptFiles, keysToWrite, rememberAccounts, undoAccount } from "./account-undo.ts";
import { readKeys, writeKeys } from "./authorized-keys.ts";
import type { ApplyContext, Driver, ReadContext, Reading, Step } from "./driver.ts";
import { editedDuringRun } from "./edited-meanwhile.ts";
import { notesOnTheWay } from "./path-steps.ts";
import { pathFailure } from "./path-problems.ts";
import { idTaken, runShadow, unknownGroup } from "./shadow-tools.ts";
import { undoEach } from "./undo-path.ts";

export const account: Driver<"account"> = {
  lane: "accounts",
  canTear: true,

  async read(resources, context) {
    const { names, host } = context;
    const places = resources.flatMap((resource) => keyPlace(resource, names) ?? []);
    const found = await readKeys(host, places);
    const keys = new Map(places.map((place, index) => [place.id, found[index]]));
    const memberships = membershipsIn(names);
    const notes = await notesOnHomes(resources, context);
    return resources.map((resource): Reading<"account"> => {
      const problem = clash(resource, context);
      if (problem !== undefined) return { problem };
      const own = keys.get(resource.id) ?? { keys: [], keyFile: "accepted" };
      if ("problem" in own) return { problem: own.problem };
      const entry = names.users.get(resource.desired.name);
      if (entry === undefined) {
        return { observed: { state: "absent" }, notes: notes.get(resource.id) ?? [] };
      }
      return {
        observed: {
          state: "present",
          uid: entry.uid,
          group: primaryGroup(entry, resource.desired, names),
          groups: memberships.get(entry.name) ?? [],
          home: entry.home,
          shell: entry.shell,
          authorizedKeys: own.keys,
          keyFile: own.keyFile,
        },
      };
    });
  },

  async apply(steps, context) {
    for (const step of steps) {
      await mustBeAsPlanned(step, context.host);
      context.started(step);
      if (step.observed.state === "absent") await create(step, context);
      else await update(step, context);
      const keys = keysToWrite(step);
      if (keys !== undefined) await putKeys(step, { context, keys });
      context.done(step);
    }
  },

  async remove(steps, context) {
    for (const step of steps) {
      const edit = accountEdit(step, await readNames(context.host));
      if (edit !== undefined) throw editedDuringRun(step.resource.id, edit);
      context.started(step);
      await removeAccount(step, context);
      context.done(step);
    }
  },

  keeps: keptFiles,
  remember: rememberAccounts,
  undo: (steps, context) => undoEach(steps, (step) => undoAccount(step, context)),
};

/** Directories that useradd(8) makes on the way to the homes of new accounts. */
async function notesOnHomes(
  resources: readonly ResourceOf<"account">[],
  context: ReadContext,
): Promise<ReadonlyMap<string, Difference[]>> {
  const homes = resources.flatMap(({ id, desired: { name, home, system } }) =>
    home === undefined || system || context.names.users.has(name) ? [] : [{ id, home }],
  );
  const notes = await notesOnTheWay(
    homes.map(({ home }) => home),
    context,
  );
  return new Map(homes.map(({ id }, index) => [id, notes[index] ?? []]));
}

/** Where the declared keys are or will be; nowhere yet, when useradd(8) is to choose the home. */
function keyPlace({ id, desired }: ResourceOf<"account">, names: Names) {
  if (desired.authorizedKeys === undefined) return undefined;
  const entry = names.users.get(desired.name);
  const home = desired.home ?? entry?.home;
  return home === undefined
    ? undefined
    : { id, home, uid: entry?.uid ?? desired.uid, keys: desired.authorizedKeys };
}

function membershipsIn({ groups }: Names): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const { name, members } of groups.values()) {
    for (const member of new Set(members)) {
      const list = found.get(member);
      if (list === undefined) found.set(member, [name]);
      else list.push(name);
    }
  }
  for (const list of found.values()) list.sort();
  return found;
}

/** Several names may stand for one gid; the declared one is right when it is among them. */
function primaryGroup(entry: PasswdEntry, desired: Desired<"account">, names: Names): string {
  const declared: GroupEntry | undefined =
    desired.group === undefined ? undefined : names.groups.get(desired.group);
  return declared?.gid === entry.gid ? declared.name : names.groupName(entry.gid);
}

function clash({ id, desired }: ResourceOf<"account">, { names, provided }: ReadContext) {
  for (const group of [desired.group ?? [], desired.groups ?? []].flat()) {
    if (!names.groups.has(group) && !provided(`group:${group}`)) return unknownGroup(id, group);
  }
  if (desired.uid === undefined || names.users.get(desired.name)?.uid === desired.uid)
    return undefined;
  const holder = names.userName(desired.uid);
  // A holder that is declared too may be about to move away.
  if (!names.users.has(holder) || provided(`user:${holder}`)) return undefined;
  return idTaken({ id, what: "uid", number: desired.uid, holder });
}

/** Options that useradd(8) and usermod(8) share, for the given fields. */
function options(
  desired: Desired<"account">,
  changes: (field: keyof Desired<"account">) => boolean,
): string[] {
  const { uid, groups, home, shell } = desired;
  // The long names of -d differ between the two.
  return [
    ...(uid !== undefined && changes("uid") ? ["--uid", String(uid)] : []),
    ...(groups !== undefined && changes("groups") ? ["--groups", groups.join(",")] : []),
    ...(home !== undefined && changes("home") ? ["-d", home] : []),
    ...(shell !== undefined && changes("shell") ? ["--shell", shell] : []),
  ];
}

/** Read anew: the databases belong to everybody. */
async function mustBeAsPlanned(step: Step<"account">, host: ApplyContext["host"]): Promise<void> {
  const { resource, observed } = step;
  const names = await readNames(host);
  const edit = accountEdit(step, names);
  if (edit !== undefined) throw editedDuringRun(resource.id, edit);
  const place = keyPlace(resource, names);
  if (observed.state === "absent" || keysToWrite(step) === undefined || place === undefined) return;
  const [found] = await readKeys(host, [place]);
  if (found !== undefined && "problem" in found) throw new HostKitError(found.problem);
  if (found?.keyFile !== observed.keyFile || !sameKeys(found.keys, observed.authorizedKeys)) {
    throw editedDuringRun(resource.id, "its keys, or who may write their file, were changed");
  }
}

const sameKeys = (some: readonly string[], others: readonly string[]) =>
  some.join("\n") === others.join("\n");

async function create(
  { resource, desired }: Step<"account">,
  { host }: ApplyContext,
): Promise<void> {
  const { name, group, system } = desired;
  // Read anew: a group may have come into being earlier in this very batch.
  const names = await readNames(host);
  // Without --gid, useradd refuses a name that a group has already; with it, it makes no group of its own.
  const primary = group ?? (names.groups.has(name) ? name : undefined);
  await runShadow(host, {
    id: resource.id,
    argv: [
      "useradd",
      // No hash is `*`, so no password opens the account. useradd's own default, `!`, means "locked": sshd then also
      // refuses keys unless it has UsePAM yes, and the account should be usable with keys either way.
      "--password",
      "*",
      ...(system ? ["--system", "--no-create-home"] : ["--create-home"]),
      ...(primary === undefined ? ["--user-group"] : ["--gid", primary]),
      ...options(desired, () => true),
      name,
    ],
    name,
    number: desired.uid,
    names,
  });
}

async function update(
  { resource, desired, differences }: Step<"account">,
  context: ApplyContext,
): Promise<void> {
  const changed = new Set(differences.map(({ field }) => field));
  const group = desired.group !== undefined && changed.has("group") ? ["--gid", desired.group] : [];
  const flags = [...group, ...options(desired, (field) => changed.has(field))];
  if (flags.length === 0) return;
  await runShadow(context.host, {
    id: resource.id,
    argv: ["usermod", ...flags, desired.name],
    name: desired.name,
    number: desired.uid,
    names: await context.names(),
  });
}

async function putKeys(
  { resource, desired }: Step<"account">,
  { context: { host }, keys }: { context: ApplyContext; keys: readonly string[] },
): Promise<void> {
  const { id } = resource;
  // Numbers and home as the tools have just left them.
  const entry = (await readNames(host)).users.get(desired.name);
  if (entry === undefined) {
    throw new HostKitError({
      severity: "error",
      side: "host",
      code: "HK4211",
      summary: "An account disappeared.",
      detail: `${id} was made or changed, but /etc/passwd has no ${desired.name} any more, so its keys could not be written. Somebody else removes it, or useradd writes elsewhere on this host. Look into it, then push again.`,
      resource: id,
    });
  }
  try {
    await writeKeys(host, { id, home: entry.home, uid: entry.uid, gid: entry.gid, keys });
  } catch (error) {
    throw pathFailure(id, error);
  }
}
