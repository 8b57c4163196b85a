import { Secret } from "../../shared/secret.ts";

/** Values that are looked up where HostKit runs, when a session needs them, and are never written down. */
export const secret = Object.freeze({
  /** The value of an environment variable where HostKit runs: `password: secret.env("APP_SSH_PASSWORD")`. */
  env(name: string): Secret {
    if (typeof name !== "string" || !/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) {
      throw new TypeError(
        'secret.env needs the name of an environment variable, such as secret.env("APP_PASSWORD").',
      );
    }
    return new Secret({ from: "env", name });
  },
});
