import { HostKitError } from "../../shared/diagnostic.ts";

/** One fixed sentence per code; user values belong in the detail. A code is never reused for another meaning. */
const SSH_SUMMARIES = {
  HK2000: "The host name could not be resolved.",
  HK2001: "The host refused the connection.",
  HK2002: "The host did not answer in time.",
  HK2003: "The host cannot be reached.",
  HK2004: "The SSH server did not finish the login in time.",
  HK2005: "The server does not speak SSH.",
  HK2006: "No key exchange was possible with the SSH server.",
  HK2007: "The connection closed before the login was complete.",
  HK2008: "The SSH server is turning new connections away.",
  HK2009: "The jump host could not open a connection to its target.",
  HK2010: "The host key is unknown.",
  HK2011: "The host key has changed.",
  HK2012: "The host key is revoked.",
  HK2013: "Host certificates are not supported.",
  HK2014: "The host key is not the pinned one.",
  HK2015: "A known hosts file cannot be read.",
  HK2016: "The host key could not be recorded.",
  HK2017: "The pinned host key is malformed.",
  HK2020: "The login was refused.",
  HK2021: "There is no credential to log in with.",
  HK2022: "The private key is encrypted and could not be unlocked.",
  HK2023: "The private key cannot be read.",
  HK2024: "This kind of private key is not supported.",
  HK2030: "The connection was lost.",
  HK2031: "The SSH server did not run the command.",
} as const;

export type SshCode = keyof typeof SSH_SUMMARIES;

/** Failures of the way to the host, which another attempt may not meet. Never authentication: retrying that locks accounts. */
const TRANSIENT: ReadonlySet<string> = new Set<SshCode>([
  "HK2000",
  "HK2001",
  "HK2002",
  "HK2003",
  "HK2004",
  "HK2007",
  "HK2008",
  "HK2009",
]);

export function sshFailure(code: SshCode, detail: string, options?: ErrorOptions): HostKitError {
  return new HostKitError(
    { severity: "error", side: "ssh", code, summary: SSH_SUMMARIES[code], detail },
    options,
  );
}

export function isTransient(error: unknown): boolean {
  return (
    error instanceof HostKitError && error.diagnostics.every((each) => TRANSIENT.has(each.code))
  );
}
