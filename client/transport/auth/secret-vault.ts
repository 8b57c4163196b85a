import type { Secrets } from "./conversation.ts";
import { errorText } from "../error-text.ts";

export interface SecretVault<Key> extends Secrets<Key> {
  /** The server refused it: ask again next time. */
  forgetPassword(): void;
}

export interface VaultSources<Key> {
  readonly password?: () => Promise<string>;
  readonly passphrase?: (file: string) => Promise<string>;
  readonly parseKey: (text: string, passphrase?: string) => Key | Error;
}

/**
 * Asks for each secret once per transport: HostKit opens a second connection to confirm a dangerous change, and asking
 * again at that moment, with a rollback timer running, would be the wrong moment.
 */
export function createSecretVault<Key>(sources: VaultSources<Key>): SecretVault<Key> {
  const keys = new Map<string, Key>();
  let password: string | undefined;
  return {
    async unlock({ path, text, locked }) {
      const kept = keys.get(path);
      if (kept !== undefined) return kept;
      const passphrase = locked ? await sources.passphrase?.(path) : undefined;
      const key = sources.parseKey(text, passphrase);
      if (key instanceof Error)
        return {
          refused: locked
            ? `it could not be unlocked; the passphrase is probably wrong (${errorText(key)})`
            : `it cannot be used (${errorText(key)})`,
        };
      keys.set(path, key);
      return key;
    },
    async password() {
      password ??= (await sources.password?.()) ?? "";
      return password;
    },
    forgetPassword() {
      password = undefined;
    },
  };
}
