import { HostKitError } from "../../shared/diagnostic.ts";

/** What can be in the way of a signature: one fixed sentence for each code. */
const SIGNING_SUMMARIES = {
  HK5050: "The signing key can't be read.",
  HK5051: "The signing key is none that HostKit can sign with.",
  HK5052: "The signing key could not be unlocked.",
  HK5053: "The SSH agent could not be asked to sign.",
  HK5054: "The SSH agent does not have the signing key.",
  HK5055: "The SSH agent did not sign.",
  HK5056: "The signature that was made is not right.",
} as const;
type SigningCode = keyof typeof SIGNING_SUMMARIES;

export function signingFault(
  code: SigningCode,
  detail: string,
  options?: ErrorOptions,
): HostKitError {
  return new HostKitError(
    {
      severity: "error",
      side: "cli",
      code,
      summary: SIGNING_SUMMARIES[code],
      detail: `${detail} Nothing was signed.`,
    },
    options,
  );
}
