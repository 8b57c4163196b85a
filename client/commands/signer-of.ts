import { openSigner, type PlanSigner } from "../signing/open-signer.ts";
import type { Context } from "./command.ts";

/** The key that `--sign` names, ready to sign; a passphrase is asked for where somebody can be asked. */
export async function signerOf(context: Context): Promise<PlanSigner | undefined> {
  const { options, env, askHidden, interrupt } = context;
  if (options.sign === undefined) return undefined;
  const passphrase =
    askHidden === undefined
      ? undefined
      : (path: string) => askHidden(`Passphrase of ${path}: `, interrupt.signal);
  const socket = env["SSH_AUTH_SOCK"];
  const agentSocket = socket === "" ? undefined : socket;
  return openSigner(options.sign, { agentSocket, passphrase });
}
