import type { Artifact } from "../../shared/artifact.ts";
import type { Area } from "../explain/areas.ts";
import type { Explanation } from "../explain/find-page.ts";
import type { Verified } from "../../shared/signature/verify-signatures.ts";
import type { Diagnostic } from "../../shared/diagnostic.ts";
import type { Finding } from "../../shared/drift.ts";
import type { Found } from "../../shared/found.ts";
import type { Held } from "../../shared/held.ts";
import type { Check, CheckGroup } from "../doctor/check.ts";
import type { Manifest } from "../../shared/manifest.ts";
import type { Plan, PlanSummary } from "../../shared/plan.ts";
import type { ResponseOf } from "../../shared/protocol/messages.ts";
import type { Outcome } from "../../shared/outcome.ts";
import type { RunSummary } from "../../shared/run.ts";
import type { Selection } from "../../shared/selection.ts";
import type { Talk } from "../operate/talk.ts";

/** A host as a person knows it. */
export interface HostLabel {
  /** `app` */
  readonly host: string;
  /** How it is reached: `root@app.example.com:22`. */
  readonly label: string;
  /** The flags that name it on the command line: `--host app`. */
  readonly target: string;
}

export interface PlanShown extends HostLabel {
  readonly plan: Plan;
  readonly summary: PlanSummary;
  /** Texts the client has of contents that the plan creates, by digest. */
  readonly texts: ReadonlyMap<string, string>;
}

/** A plan file. */
export interface ArtifactShown extends HostLabel {
  readonly file: string;
  readonly artifact: Artifact;
  /** Who signed it, where that was looked at. */
  readonly verified?: Verified | undefined;
}

export interface AuditShown extends HostLabel {
  readonly findings: readonly Finding[];
  readonly asDeclared: number;
  /** Which part of the declaration was looked at; absent: all of it. */
  readonly selection: Selection | undefined;
  /** How many resources that is. */
  readonly declared: number;
  readonly texts: PlanShown["texts"];
}

export interface FoundShown extends HostLabel {
  readonly found: readonly Found[];
  /** Which part of the declaration was looked at; absent: all of it. */
  readonly selection: Selection | undefined;
}

export interface OutcomeShown extends HostLabel {
  /** What was reviewed; `null` where nobody did, such as for a run that somebody else began. */
  readonly plan: Plan | null;
  readonly response: ResponseOf<"apply">;
}

/** The content that a resource will have. */
export interface RenderedShown {
  readonly id: string;
  readonly kind: string;
  /** The hosts that get it. */
  readonly hosts: readonly string[];
  readonly bytes: Uint8Array;
  readonly isText: boolean;
  /** Something in it is not shown. */
  readonly masked: boolean;
  /** Of the bytes. */
  readonly sha256: string;
  readonly notes: readonly string[];
}

/** One run with all that is known of it. */
export interface RunShown extends HostLabel {
  readonly summary: RunSummary;
  readonly plan: Plan | null;
  readonly outcome: Outcome | null;
}

/** One line of the end: what became of one host. */
export interface HostResult {
  readonly host: string;
  readonly exitCode: number;
  /** A few words: `3 changes`, `applied`, `no changes`. */
  readonly result: string;
}

/**
 * Everything HostKit shows. Results go to stdout, talk to stderr. One implementation writes for people, one for
 * programs; a command knows neither.
 */
export interface View extends Talk {
  /** Looked for with `-v`. */
  detail(text: string): void;
  /** Said whatever was asked for: it changes what a person must do. */
  warn(text: string): void;
  /** What was asked for by `--help`; `misuse`: shown since nothing useful was asked. */
  help(text: string, cause: "asked" | "misuse"): void;
  diagnostics(list: readonly Diagnostic[], host?: string): void;
  /** Something was thrown that no person could cause. */
  bug(error: unknown, host?: string): void;

  version(version: string, runtime: string): void;
  /** All that is known of one code. */
  explanation(page: Explanation): void;
  codes(areas: readonly Area[]): void;
  /** A script for a shell to read. */
  completion(shell: string, script: string): void;
  initialised(path: string, next: readonly string[]): void;
  checked(result: {
    readonly configPath: string;
    readonly hosts: readonly string[];
    readonly resources: number;
  }): void;
  /** A JSON Schema. */
  schema(name: string, schema: object): void;
  manifests(list: readonly Manifest[]): void;
  rendered(shown: RenderedShown): void;
  facts(host: HostLabel, facts: ResponseOf<"facts">): void;
  plan(shown: PlanShown): void;
  /** What a plan file is, before its plan is shown. */
  artifact(shown: ArtifactShown): void;
  /** A plan file was written. */
  saved(shown: ArtifactShown): void;
  /** What is not as declared, and whose doing it is. */
  audit(shown: AuditShown): void;
  /** What a host has of what is declared. */
  found(shown: FoundShown): void;
  /** What doctor looked at in one place. */
  checks(group: CheckGroup): void;
  /** All of it, when it is done. */
  examined(checks: readonly Check[]): void;
  outcome(shown: OutcomeShown): void;
  runs(host: HostLabel, list: readonly RunSummary[]): void;
  run(shown: RunShown): void;
  pruned(host: HostLabel, removed: readonly string[]): void;
  /** What is about to be let go of. */
  held(host: HostLabel, list: readonly Held[]): void;
  forgotten(host: HostLabel, ids: readonly string[]): void;

  /** Said once, last: the exit code, and each host's when a command works on hosts. */
  summary(exitCode: number, hosts: readonly HostResult[]): void;
  /** Takes everything that moves off the screen. */
  close(): void;
}
