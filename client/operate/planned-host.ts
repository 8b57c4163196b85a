import type { Diagnostic } from "../../shared/diagnostic.ts";
import type { Manifest } from "../../shared/manifest.ts";
import type { Plan } from "../../shared/plan.ts";
import type { Contents, Session } from "../session.ts";
import type { Target } from "./target.ts";

/** A host that was planned, with the session that its plan can be applied in. */
export interface PlannedHost {
  readonly target: Target;
  readonly session: Session;
  readonly contents: Contents;
  readonly plan: Plan;
  /** Texts the client has of contents that the plan creates, by digest. */
  readonly texts: ReadonlyMap<string, string>;
  /** Warnings that came with the plan. */
  readonly diagnostics: readonly Diagnostic[];
}

/** One that was planned from a declaration, and can be saved. */
export interface DeclaredPlan extends PlannedHost {
  readonly manifest: Manifest;
}
