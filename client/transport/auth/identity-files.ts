import { readFile } from "node:fs/promises";

import { errorCode, errorText } from "../error-text.ts";
import { inspectKeyFile, type KeyFile } from "./private-key.ts";
import { sshFailure } from "../ssh-failure.ts";

/** One identity file, read but not unlocked. */
export type Identity =
  | (Extract<KeyFile, { kind: "private" }> & { readonly path: string; readonly text: string })
  | (Exclude<KeyFile, { kind: "private" }> & { readonly path: string });

/** Files the user named: one that cannot be read is a mistake to report, not to pass over. */
export async function readNamedIdentities(paths: readonly string[]): Promise<Identity[]> {
  return Promise.all(
    paths.map(async (path) => {
      const identity = (await readNamed(path)) ?? (await readNamed(`${path}.pub`));
      if (identity === undefined)
        throw sshFailure(
          "HK2023",
          `${path}: no such file, and no ${path}.pub beside it to pick a key of the SSH agent by. Correct identityFile, or ` +
            `leave it out to use the agent and the usual files.`,
        );
      return { ...identity, path };
    }),
  );
}

async function readNamed(path: string): Promise<Identity | undefined> {
  try {
    return await readIdentity(path);
  } catch (error) {
    throw sshFailure(
      "HK2023",
      `${path}: ${errorText(error)}. Correct the path or the file's permissions.`,
      {
        cause: error,
      },
    );
  }
}

/** OpenSSH's usual files: those that are missing or cannot be used are passed over. */
export async function readUsualIdentities(paths: readonly string[]): Promise<Identity[]> {
  const found = await Promise.all(paths.map((path) => readIdentity(path).catch(() => undefined)));
  return found.filter((each) => each?.kind === "private");
}

/** `undefined` where there is no such file; what else is in the way of reading it is thrown as the system has it. */
export async function readIdentity(path: string): Promise<Identity | undefined> {
  try {
    const text = await readFile(path, "utf8");
    const key = inspectKeyFile(text);
    const hidden = key.kind === "private" && key.publicKey === undefined;
    const known = hidden ? { ...key, ...(await readPublicHalf(path)) } : key;
    return known.kind === "private" ? { ...known, path, text } : { ...known, path };
  } catch (error) {
    if (errorCode(error) === "ENOENT") return undefined;
    throw error;
  }
}

/** An encrypted PEM file hides its public key, which is needed to find the same key in the SSH agent. */
async function readPublicHalf(path: string): Promise<{ publicKey?: Buffer; keyType?: string }> {
  const text = await readFile(`${path}.pub`, "utf8").catch(() => "");
  const key = inspectKeyFile(text);
  return key.kind === "public" ? { publicKey: key.publicKey, keyType: key.keyType } : {};
}
