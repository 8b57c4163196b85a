import type { ResourceId } from "../../shared/brands.ts";
import type { Change } from "../../shared/plan.ts";
import type { ContentRef } from "../../shared/content.ts";
import type { Difference, Follow } from "../../shared/change.ts";
import type { Diagnostic } from "../../shared/diagnostic.ts";
import type { Links } from "../../shared/links.ts";
import type { Claim } from "../../shared/resources/define-kind.ts";
import type {
  Desired,
  Kind,
  Observed,
  Resource,
  ResourceOf,
} from "../../shared/resources/registry.ts";
import type { Host, LookingHost, StagedEntry, StagedView } from "../host/host.ts";
import type { Names } from "../host/names.ts";
import type { SecretValues } from "../secrets/secret-values.ts";

/** What reading one resource gives: what was found, or why it can't be managed as it is. */
export type Reading<K extends Kind> =
  | {
      readonly observed: Observed<K>;
      readonly notes?: readonly Difference[];
      readonly warning?: Diagnostic;
      /** Why it can't be made as it is declared; of no concern where nobody declares it any more. */
      readonly obstacle?: Diagnostic;
    }
  | { readonly problem: Diagnostic };

export interface ReadContext {
  readonly host: LookingHost;
  /** User and group names of the host, read once for a plan. */
  readonly names: Names;
  /** The same as the plan will leave them, which is what owners of files go by: they come after their users and groups. */
  readonly later: Names;
  /** Declared links: what lies below one is where it will lead. */
  readonly links: Links;
  /** Whether another resource of the same manifest provides this, so that it will be there in time. */
  readonly provided: (claim: Claim) => boolean;
}

/** One change to make. */
export interface Step<K extends Kind> {
  readonly resource: ResourceOf<K>;
  readonly desired: Desired<K>;
  readonly observed: Observed<K>;
  readonly differences: readonly Difference[];
  /** What a running thing is made to do because of it. */
  readonly follow: Follow | null;
  /** It goes: `desired` is what it was declared as once. */
  readonly removal: boolean;
}

export interface ApplyContext {
  readonly host: Host;
  /** Names as they are now, accounts made earlier in the same run included. */
  names(): Promise<Names>;
  /** Values of the secrets that the changes of the run need. */
  readonly secrets: SecretValues;
  /** The bytes of a content; throws when the client never sent them. */
  content(ref: ContentRef): AsyncIterable<Uint8Array>;
  /** A driver that is given several steps says which one it has begun, and which one is complete. */
  started(step: Step<Kind>): void;
  done(step: Step<Kind>): void;
  /** Whether what provides this stays on the host after the run, declared or not. */
  stays(claim: Claim): boolean;
  /** A step that ends without being made, and is no failure: what is in the way is somebody else's, and stays. */
  leave(step: Step<Kind>, why: Diagnostic): void;
  /**
   * Aborted when the run is to stop, or another change failed: what waits gives up at once, and throws the signal's reason. What
   * changes something goes on to the end of it.
   */
  readonly signal: AbortSignal;
}

/** A change as far as it is planned. */
export type Remarkable<K extends Kind> = Pick<Step<K>, "resource" | "differences">;
/** What is there before the first change. */
export type PrepareContext = Pick<ApplyContext, "host" | "names" | "secrets" | "content">;

export interface RemovalContext {
  readonly host: LookingHost;
  /** Whether what provides this is removed by the same plan, before. */
  readonly going: (claim: Claim) => boolean;
}

/** Where a resource is declared to listen. */
export interface Port {
  readonly host: string;
  readonly port: number;
  readonly protocol: "tcp" | "udp";
}

export interface PreflightContext extends Pick<
  ReadContext,
  "host" | "names" | "provided" | "links"
> {
  readonly secrets: SecretValues;
  /** Whether the same plan removes what provides this. */
  readonly going: (claim: Claim) => boolean;
  /** What the plan does to what provides this. */
  readonly changeOf: (claim: Claim) => Change | undefined;
  readonly portsOf: (id: ResourceId) => readonly Port[];
}

/** Something that a step puts on a disk. */
export interface Writing {
  readonly path: string;
  /** As far as they are known. */
  readonly bytes: number;
}

/** What a driver wants to know again when it has to undo a change: plain JSON, kept in the run's journal. */
export type Memory = Readonly<Record<string, unknown>> | null;

/** A text that holds secrets, as it may be shown. */
export interface MaskedText {
  readonly text: string;
  /** What is there now: only what is declared as well is shown of it. */
  mask(found: string): string;
}

/** One change to take back. */
export interface UndoStep<K extends Kind> extends Step<K> {
  readonly memory: Memory;
}

export interface UndoContext {
  readonly host: Host;
  names(): Promise<Names>;
  /** Where the file that was at `path` before the run is kept; `undefined` when there was none, or it was not kept. */
  kept(path: string): string | undefined;
}

/** Views of the host as the run will leave it; one is made when something is first run in it. */
export interface Views {
  /** With all that the run will write in place. */
  readonly whole: Pick<StagedView, "run">;
  /** With what the steps in question will write: far less to put in place, where nothing else matters. */
  readonly own: Pick<StagedView, "run">;
}

/** The agent's half of a kind. */
export interface Driver<K extends Kind> {
  /**
   * Steps of the same lane never run at the same time. Without a lane every step runs as soon as it can, alone.
   * With one, the steps of a kind that are ready together are handed over together, in order, after what runs
   * without a lane.
   */
  readonly lane?: "accounts" | "systemd";
  /** Its steps only look and wait: nothing that could go on meanwhile is held back for them. */
  readonly waits?: true;
  /** Made by a tool that writes several files, one after the other: cut off in between, it can look whole and not be. */
  readonly canTear?: true;
  /** Reads all resources of the kind in one go, in the given order. Changes nothing. */
  read(resources: readonly ResourceOf<K>[], context: ReadContext): Promise<Reading<K>[]>;
  /**
   * Makes the changes; a failure throws a `HostKitError` that says what state the resource was left in. Each thing is looked at
   * right before: one that is not as observed is somebody else's by now, and refused before its step is called started. What
   * was observed to be absent is made in a way that can't replace what appeared.
   */
  apply(steps: readonly Step<K>[], context: ApplyContext): Promise<void>;
  /** As `apply`, of what is there and should not be any more: whatever uses another one comes before it. */
  remove(steps: readonly Step<K>[], context: ApplyContext): Promise<void>;
  /** Why each can't be removed, in words for a person; `null` where nothing is in the way. Asked while planning. */
  obstacles?(
    resources: readonly ResourceOf<K>[],
    context: RemovalContext,
  ): Promise<(string | null)[]>;
  /**
   * What a person should know of each change besides what differs, in few words; asked while planning, so it changes nothing.
   * Nothing follows from it, and where it can't be told it is left out.
   */
  remarks?(changes: readonly Remarkable<K>[], host: Host): Promise<readonly (readonly string[])[]>;
  /**
   * What would keep changes from being made, or what they make from working, told while planning: an error where it must come to that, a
   * warning where it may. Asked once for all of them, and not where nothing changes.
   */
  preflight?(steps: readonly Step<K>[], context: PreflightContext): Promise<readonly Diagnostic[]>;
  /** What a step will need room for. */
  writes?(step: Step<K>): readonly Writing[];
  /** What a creation makes on the way, as resources of their own. */
  made?(differences: readonly Difference[]): readonly Resource[];
  /** Files that `apply` or `remove` may replace or remove: they are kept before the first change of a run. */
  keeps?(step: Step<K>): readonly string[];
  /** What `undo` must know besides what was observed, for each step; asked before the first change of a run. */
  remember?(steps: readonly Step<K>[], context: PrepareContext): Promise<Memory[]>;
  /** What the step will leave at which paths, as far as others may read it: shown in the view that `validate` is given. */
  stages?(step: Step<K>, context: PrepareContext): Promise<readonly StagedEntry[]>;
  /**
   * Whether what the steps will write is fit to be used; asked before the first change of a run. An error refuses the run.
   */
  validate?(steps: readonly Step<K>[], views: Views): Promise<readonly Diagnostic[]>;
  /**
   * Makes everything as it was observed before the run, what was removed too, whether a step was finished, half done or never begun. Steps come
   * in reverse order. What is neither as before nor as the run left it, nor half way between, is somebody else's: it is left,
   * and what was there before stays kept. What can't be put back throws a `HostKitError`, after all the others were tried.
   */
  undo(steps: readonly UndoStep<K>[], context: UndoContext): Promise<void>;
  /**
   * Lets run again what ran before, by what it was before. Comes after everything of the run was undone, in order: what a
   * service reads when it starts may be part of that, whatever was undone first.
   */
  resume?(steps: readonly UndoStep<K>[], context: UndoContext): Promise<void>;
  /** Whether an undone one is as before, where that is less than being observed the same. */
  restored?(before: Observed<K>, now: Observed<K>): boolean;
  /** Where the present bytes of a content can be read, for a diff. */
  contentPath?(desired: Desired<K>): string;
  /** The text that is to be there, with its secrets masked; `undefined` where there is no text to show. */
  masked?(desired: Desired<K>, secrets: SecretValues): MaskedText | undefined;
}
