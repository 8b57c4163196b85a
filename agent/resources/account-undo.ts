import { type Diagnostic, HostKitError } from "../../shared/diagnostic.ts";
import type { ResourceId } from "../../shared/brands.ts";
import type { Host } from "../host/host.ts";
import type { Names, PasswdEntry } from "../host/names.ts";
import {
  hasMail,
  homeLeft,
  homesDirectory,
  missingOnTheWay,
  removeEmptyMail,
  removeHome,
} from "./account-home.ts";
import { fieldsBack } from "./account-fields-undo.ts";
import { pathsOf } from "./authorized-keys.ts";
import { DETACHED_HOME } from "./detached-home.ts";
import { type KeysBefore, rememberKeys, undoKeys } from "./authorized-keys-undo.ts";
import type { ApplyContext, Memory, Step, UndoContext, UndoStep } from "./driver.ts";
import { ACCOUNT_DATABASES, restoreLines } from "./shadow-lines.ts";
import { changedMeanwhile, runShadow } from "./shadow-tools.ts";
import { removeEmpty } from "./undo-path.ts";

/** What was there before a run that makes an account or writes keys. */
type AccountMemory = {
  readonly home: string;
  /** The home and directories above it that the run makes, outermost first. */
  readonly made: readonly string[];
  readonly keys: KeysBefore | null;
  /** Whether there was a group of the account's name. */
  readonly hadGroup: boolean;
  readonly hadMail: boolean;
};

/** The keys that a step writes, if it does. */
export function keysToWrite({
  desired,
  differences,
}: Pick<Step<"account">, "desired" | "differences">): readonly string[] | undefined {
  const changes = differences.some(
    ({ field }) => field === "authorizedKeys" || field === "keyFile",
  );
  return changes ? desired.authorizedKeys : undefined;
}

export function keptFiles(step: Step<"account">): readonly string[] {
  if (step.removal) return ACCOUNT_DATABASES;
  if (keysToWrite(step) === undefined) return [];
  return [pathsOf({ home: homeOf(step, "/home") })[2]];
}

/** `homes` is where a new account goes that declares no home. */
const homeOf = ({ desired, observed }: Step<"account">, homes: string): string =>
  desired.home ??
  (observed.state === "present" ? observed.home : `${homes === "/" ? "" : homes}/${desired.name}`);

export async function rememberAccounts(
  steps: readonly Step<"account">[],
  { host, names }: Pick<ApplyContext, "host" | "names">,
): Promise<Memory[]> {
  const known = await names();
  const homes = await homesDirectory(host);
  const memories: Memory[] = [];
  for (const step of steps) {
    const { name, system } = step.desired;
    const isNew = step.observed.state === "absent";
    const writesKeys = keysToWrite(step) !== undefined;
    const home = homeOf(step, homes);
    const makesHome = writesKeys || (isNew && !system);
    const memory: AccountMemory = {
      home,
      made: makesHome ? await missingOnTheWay(host, home) : [],
      keys: writesKeys ? await rememberKeys(host, home) : null,
      hadGroup: known.groups.has(name),
      hadMail: await hasMail(host, name),
    };
    memories.push(isNew || writesKeys ? memory : null);
  }
  return memories;
}

export async function undoAccount(step: UndoStep<"account">, context: UndoContext): Promise<void> {
  const { name } = step.desired;
  if (step.removal) {
    const { id } = step.resource;
    return restoreLines(context.host, {
      id,
      user: name,
      group: name,
      kept: (path) => context.kept(path),
    });
  }
  // Written by `rememberAccounts` above, and read back from the journal.
  const memory = step.memory as AccountMemory | null;
  const undo: Undo = { step, memory, context };
  const failures =
    step.observed.state === "absent"
      ? await collect([() => undoKeysOfNew(undo), () => removeAccount(undo)])
      : await collect([...(await fieldsBack(step, context)), () => undoKeysOfOld(undo)]);
  if (failures.length > 0) throw new HostKitError(failures);
}

interface Undo {
  readonly step: UndoStep<"account">;
  readonly memory: AccountMemory | null;
  readonly context: UndoContext;
}

/** Tries all; what one refuses is told once. */
async function collect(tries: readonly (() => Promise<void>)[]): Promise<Diagnostic[]> {
  const failures = new Map<string, Diagnostic>();
  for (const attempt of tries) {
    try {
      await attempt();
    } catch (error) {
      if (!(error instanceof HostKitError)) throw error;
      for (const diagnostic of error.diagnostics) failures.set(diagnostic.detail, diagnostic);
    }
  }
  return [...failures.values()];
}

/** In a home that goes as a whole nothing has to be put back. */
async function undoKeysOfNew(undo: Undo): Promise<void> {
  if (undo.memory?.made.includes(undo.memory.home) !== true) await restoreKeys(undo);
}

async function undoKeysOfOld(undo: Undo): Promise<void> {
  await restoreKeys(undo);
  await removeEmpty(undo.memory?.made ?? [], undo.context.host);
}

async function restoreKeys({ step, memory, context }: Undo): Promise<void> {
  const keys = keysToWrite(step);
  if (keys === undefined || memory === null || memory.keys === null) return;
  const { desired, observed, resource } = step;
  const { home, keys: before } = memory;
  const former = [
    desired.uid,
    observed.state === "present" ? observed.uid : undefined,
    before.directory?.uid,
    before.file?.uid,
  ];
  await undoKeys(context.host, {
    id: resource.id,
    home,
    uid: (await context.names()).users.get(desired.name)?.uid,
    formerUids: former.filter((uid) => uid !== undefined),
    keys,
    before,
    kept: context.kept(pathsOf({ home })[2]),
  });
}

async function removeAccount({ step, memory, context }: Undo): Promise<void> {
  const { name, uid, group } = step.desired;
  const { id } = step.resource;
  const { host } = context;
  const names = await context.names();
  const entry = names.users.get(name);
  const shadow = { id, name, names, goal: "undo" } as const;
  if (entry !== undefined) {
    if (uid !== undefined && entry.uid !== uid) {
      throw changedMeanwhile(id, `the run made it with uid ${uid}, and by now it has ${entry.uid}`);
    }
    if (memory?.hadGroup !== false) await detachGroup(entry, { id, names, host, goal: "undo" });
    await runShadow(host, { ...shadow, argv: ["userdel", name] });
  }
  const left = await context.names();
  // userdel takes the group of the user's name along only when login.defs(5) has USERGROUPS_ENAB.
  if (memory?.hadGroup === false && group === undefined && left.groups.has(name)) {
    await runShadow(host, { ...shadow, names: left, argv: ["groupdel", name] });
  }
  if (memory === null) return;
  if (!memory.hadMail) await removeEmptyMail(host, name);
  const made = memory.made.filter((path) => path !== memory.home);
  if (made.length < memory.made.length)
    await removeHome(host, { id, home: memory.home, names: left });
  await removeEmpty(made, host);
  if (entry !== undefined && makesHomeElsewhere(entry, { step, memory })) {
    throw homeLeft(id, entry.home, "is not where the run should have made it");
  }
}

/** Where useradd was told of another place than HostKit reads, nobody knows whether there was a home before. */
function makesHomeElsewhere(
  { home }: PasswdEntry,
  { step, memory }: { readonly step: UndoStep<"account">; readonly memory: AccountMemory },
): boolean {
  return !step.desired.system && home !== memory.home && home !== DETACHED_HOME;
}

interface Detaching {
  readonly id: ResourceId;
  readonly names: Names;
  readonly host: Host;
  readonly goal?: "undo";
}

/**
 * userdel removes an empty group of the user's name that is the primary one, although it was there before the user: so it
 * stops being the primary one first.
 */
export async function detachGroup(
  entry: PasswdEntry,
  { id, names, host, goal }: Detaching,
): Promise<void> {
  const { name } = entry;
  if (names.groups.get(name)?.gid !== entry.gid) return;
  const other =
    ["nogroup", "nobody", "users"].find((group) => names.groups.has(group)) ??
    [...names.groups.values()].find(({ gid }) => gid !== entry.gid)?.name;
  if (other === undefined) return;
  const argv = ["usermod", "--gid", other, "-d", DETACHED_HOME, name] as const;
  await runShadow(host, { id, argv, name, names, ...(goal === undefined ? {} : { goal }) });
}
