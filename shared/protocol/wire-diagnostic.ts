import * as z from "zod";
import type { Diagnostic } from "../diagnostic.ts";
import { SourceLocation } from "../resources/registry.ts";

export const DiagnosticFields = z.strictObject({
  severity: z.enum(["error", "warning"]),
  side: z.enum(["config", "ssh", "agent", "host", "cli"]),
  code: z.templateLiteral(["HK", z.number()]),
  summary: z.string(),
  detail: z.string(),
  resource: z.string().optional(),
  source: SourceLocation.optional(),
}) satisfies z.ZodType;

/** A problem as an agent tells it. */
export const WireDiagnostic = DiagnosticFields as unknown as z.ZodType<Diagnostic>;

export const WireDiagnostics = z.array(WireDiagnostic);
