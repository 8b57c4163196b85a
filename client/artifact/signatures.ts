import type { Artifact } from "../../shared/artifact.ts";
import { type Verified, verifySignatures } from "../../shared/signature/verify-signatures.ts";
import { cliFault } from "../cli/faults.ts";
import { messageOf, readText } from "../compile/contents.ts";
import { verifier } from "../signing/verifier.ts";

/** Who signed an artifact, of those that a file of allowed signers lists, by this machine's clock. */
export const signersOf = ({ digest, signatures }: Artifact, allowedSigners: string): Verified =>
  verifySignatures({ digest, signatures, allowedSigners, at: Date.now(), verifier });

/** Bytes; some thousand keys. */
const LIST_LIMIT = 1024 * 1024;

/** The text of a file of allowed signers; see ssh-keygen(1), ALLOWED SIGNERS. */
export async function readAllowedSigners(path: string): Promise<string> {
  try {
    return await readText(path, LIST_LIMIT);
  } catch (error) {
    throw cliFault("HK5088", `${path} can't be read: ${messageOf(error)}. Nothing was contacted.`, {
      cause: error,
    });
  }
}

/** Refuses an artifact that nobody signed who may. */
export function checkSigned(file: string, artifact: Artifact, allowed: string): Verified {
  const verified = signersOf(artifact, allowed);
  if (verified.signers.length > 0) return verified;
  const { refused, faults } = verified;
  const why =
    artifact.signatures.length === 0
      ? "it is not signed"
      : refused.map((each) => `  ${each.fingerprint ?? "a signature"}: ${each.why}`).join("\n");
  const lines = faults.map(({ line, why: fault }) => `  line ${line}: ${fault}`).join("\n");
  throw cliFault(
    "HK5087",
    `${file} needs a signature of somebody whom --allowed-signers lists, and has none:\n${why}\n${lines === "" ? "" : `Lines of the list that allow nobody:\n${lines}\n`}Nothing was contacted. \`hostkit sign ${file} --sign KEYFILE\` adds one.`,
  );
}
