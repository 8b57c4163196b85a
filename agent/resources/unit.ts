import type { ResourceOf } from "../../shared/resources/registry.ts";
import { isTemplate } from "../../shared/resources/unit-rules.ts";
import { BY_TURNS, UNIT_DIRECTORY } from "../../shared/resources/unit.ts";
import type { Entry, LookingHost } from "../host/host.ts";
import {
  loadMessage,
  NoSystemd,
  showMatching,
  showUnits,
  type UnitState,
} from "../host/systemctl.ts";
import { bytesOf } from "../host/bytes-of.ts";
import type { Driver, Reading } from "./driver.ts";
import { applyUnits, METADATA } from "./unit-apply.ts";
import { workOf } from "./unit-batch.ts";
import { rememberUnits } from "./unit-memory.ts";
import { LIMIT, readUnitFiles } from "./unit-files.ts";
import { preflightUnits } from "./unit-preflight.ts";
import * as problems from "./unit-problems.ts";
import { remarksOnUnits } from "./unit-remarks.ts";
import { removeUnits } from "./unit-remove.ts";
import { isAsBefore } from "./unit-state.ts";
import { resumeUnits, undoUnits } from "./unit-undo.ts";
import { verifyUnits } from "./unit-verify.ts";

/** Milliseconds that a service gets to fail by itself after systemd called it started. */
const SETTLE = 300;

const PROPERTIES = [
  "Id",
  "LoadState",
  "LoadError",
  "FragmentPath",
  "UnitFileState",
  "ActiveState",
  "SubState",
  "NRestarts",
  "ActiveEnterTimestampMonotonic",
  "NeedDaemonReload",
  "Type",
  "RemainAfterExit",
] as const;
type State = UnitState<(typeof PROPERTIES)[number]>;

/** Load paths before the administrator's own that hold whole units; see systemd.unit(5). */
const COMES_FIRST =
  /^(\/etc\/systemd\/system\.control|\/run\/systemd\/(system\.control|transient|generator\.early))\//;

/** Since its last restart, a unit that Restart= started again must have run this long to count as active. Milliseconds. */
const STEADY = 10_000;

interface Found {
  readonly entry: Entry;
  readonly content: string | null;
  readonly state: State | undefined;
  /** Milliseconds since the host was started. */
  readonly uptime: number;
  /** Instances that run by a file that changed since: only templates have them. */
  readonly staleInstances: boolean;
}

/** `settle` in milliseconds. */
export function unitDriver({ settle }: { readonly settle: number }): Driver<"unit"> {
  return {
    lane: "systemd",

    async read(resources, { host }) {
      try {
        const found = await findUnits(resources, host);
        return resources.map((resource, index) => readingOf(resource, found[index] as Found));
      } catch (error) {
        if (!(error instanceof NoSystemd)) throw error;
        return resources.map(({ id, desired }) => ({
          problem: problems.noSystemd({ id, name: desired.name }, error.message),
        }));
      }
    },

    apply: (steps, context) => applyUnits(steps, { context, settle }),
    remove: (steps, context) => removeUnits(steps, { context, settle }),

    keeps: ({ desired, observed }) =>
      observed.state === "present" && observed.content !== null
        ? [`${UNIT_DIRECTORY}/${desired.name}`]
        : [],
    stages: async (step) => {
      const { write, name } = workOf(step);
      if (!write || step.removal) return [];
      const content = bytesOf(step.desired.content ?? "");
      return [{ type: "file", path: `${UNIT_DIRECTORY}/${name}`, content, metadata: METADATA }];
    },
    validate: (steps, { own }) =>
      verifyUnits(
        steps.filter((step) => workOf(step).write && !step.removal),
        own,
      ),
    preflight: preflightUnits,
    writes: (step) =>
      workOf(step).write
        ? [
            {
              path: `${UNIT_DIRECTORY}/${step.desired.name}`,
              bytes: step.desired.content?.length ?? 0,
            },
          ]
        : [],
    remarks: remarksOnUnits,
    remember: (steps, { host }) => rememberUnits(steps, host),
    undo: (steps, context) => undoUnits(steps, { context, settle }),
    resume: (steps, context) => resumeUnits(steps, { context, settle }),
    restored: isAsBefore,
  };
}

export const unit = unitDriver({ settle: SETTLE });

/** Everything about all units: one call of systemctl (two when there are templates), their paths, their files. */
async function findUnits(
  resources: readonly ResourceOf<"unit">[],
  host: LookingHost,
): Promise<Found[]> {
  const names = resources.map((resource) => resource.desired.name);
  // systemctl show refuses the name of a template, and the whole call with it.
  const units = names.filter((name) => !isTemplate(name));
  const states = units.length === 0 ? [] : await showUnits(host, units, PROPERTIES);
  const byName = new Map(units.map((name, index) => [name as string, states[index]]));
  const stale = await staleTemplates(names.filter(isTemplate), host);

  const files = await readUnitFiles(names, host);
  const [uptime] = await host.readFiles(["/proc/uptime"], { limit: LIMIT });
  return names.map((name, index) => ({
    entry: files[index]?.entry ?? { type: "absent" },
    content: files[index]?.text ?? null,
    state: byName.get(name),
    uptime: uptimeIn(uptime ?? null),
    staleInstances: stale.has(name),
  }));
}

/** The first number of proc_uptime(5), seconds; not a number where it can't be read. */
function uptimeIn(bytes: Uint8Array | null): number {
  return bytes === null ? Number.NaN : Number.parseFloat(new TextDecoder().decode(bytes)) * 1000;
}

/** Templates of which an instance runs by an older file. */
async function staleTemplates(
  templates: readonly string[],
  host: LookingHost,
): Promise<Set<string>> {
  if (templates.length === 0) return new Set();
  // A backslash in a name is part of it, and in a pattern an escape.
  const patterns = templates.map((name) => name.replaceAll("\\", "\\\\").replace("@.", "@*."));
  const instances = await showMatching(host, patterns, ["Id", "NeedDaemonReload"]);
  const stale = instances.filter((instance) => instance.NeedDaemonReload === "yes");
  return new Set(stale.map(({ Id }) => Id.replace(/@.*(?=\.)/, "@")));
}

function readingOf({ id, desired }: ResourceOf<"unit">, found: Found): Reading<"unit"> {
  const { entry, content, state } = found;
  const isOurs = desired.content !== undefined;
  const about = { id, name: desired.name };
  // Looked at first: the link of an alias is no plain file either, and the true name is the better advice.
  if (state !== undefined && state.Id !== desired.name) {
    return { problem: problems.alias(about, state.Id) };
  }
  // Whoever brings the file may bring it as a link, as systemctl link does.
  if (isOurs && entry.type !== "absent" && entry.type !== "file") {
    return { problem: problems.notPlain(about, entry) };
  }
  if (entry.type === "file" && content === null)
    return { problem: problems.tooLarge(about, LIMIT) };
  if (state === undefined) return readingOfTemplate(found);

  if (state.LoadState === "masked") {
    return {
      problem: problems.masked(about, state.FragmentPath || "an empty file is in its place"),
    };
  }
  if (isOurs && COMES_FIRST.test(state.FragmentPath)) {
    return { problem: problems.overridden(about, state.FragmentPath) };
  }
  const broken = state.LoadState === "bad-setting" || state.LoadState === "error";
  const stale = isStale(found, { path: `${UNIT_DIRECTORY}/${desired.name}`, state });
  if (broken && !stale && (!isOurs || content === desired.content)) {
    return { problem: problems.notLoadable(about, { why: loadMessage(state), isOurs }) };
  }
  if (!isOurs && state.LoadState === "not-found") return { problem: problems.notThere(about) };
  const stopped = state.ActiveState === "inactive" || state.ActiveState === "failed";
  // A unit whose file was removed may still run: that is not absent.
  if (content === null && state.LoadState === "not-found" && stopped) {
    return { observed: { state: "absent" } };
  }
  return {
    observed: {
      state: "present",
      content,
      enabled: state.UnitFileState || "disabled",
      active: activityOf(found, state),
      loaded: stale ? "stale" : "current",
    },
  };
}

/** A job, which ends by itself; active it is only while systemd takes it for what it was before. */
const isByTurns = ({ Type, RemainAfterExit, ActiveState }: State) =>
  Type === "oneshot" && RemainAfterExit !== "yes" && ActiveState !== "active";

/** A service that dies again and again is active most of the time; taking it for running would be a lie. */
function activityOf({ uptime }: Found, state: State): string {
  if (isByTurns(state)) return BY_TURNS;
  if (state.SubState === "auto-restart") return "restarting";
  if (state.ActiveState !== "active" || !(Number(state.NRestarts) > 0)) return state.ActiveState;
  const age = uptime - Number(state.ActiveEnterTimestampMonotonic) / 1000;
  // Negative where a container has an uptime of its own: then nothing is known.
  return age >= 0 && age < STEADY ? "restarting" : state.ActiveState;
}

/** Whether systemd goes by something older than what lies on the disk. */
function isStale({ content }: Found, { path, state }: { path: string; state: State }): boolean {
  if (state.NeedDaemonReload === "yes") return true;
  // systemd compares the file it read, and does not notice one that came to stand before it.
  return content !== null && state.FragmentPath !== path;
}

/** A template is never enabled or active itself; only its file and its instances' view of it count. */
function readingOfTemplate({ content, staleInstances }: Found): Reading<"unit"> {
  if (content === null) return { observed: { state: "absent" } };
  return {
    observed: {
      state: "present",
      content,
      enabled: "template",
      active: "inactive",
      loaded: staleInstances ? "stale" : "current",
    },
  };
}
