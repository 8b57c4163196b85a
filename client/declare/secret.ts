import { AbsolutePath } from "../../shared/brands.ts";
import { ENCODINGS, Secret } from "../../shared/secret.ts";
import { isArgv } from "../../shared/systemd/argv.ts";
import { callSite } from "./call-site.ts";

/** How a secret that the host makes is to look. */
export interface GenerateOptions {
  /** How much of it is random; 32 unless set, 16 at least. */
  readonly bytes?: number;
  /** How the bytes become text: `base64url` unless set. `encoding: "hex"` */
  readonly encoding?: (typeof ENCODINGS)[number];
  /**
   * What it is known by on the host, within its project: the same name is the same value, another name a new one. Unless set, the
   * file and key it is used in; one that is used in several places needs a name. `name: "session-key"`
   */
  readonly name?: string;
}

/**
 * Values that are looked up in memory when they are needed, and are never written down but where they belong. `env`, `file` and
 * `command` are looked up where HostKit runs, once, before it connects; the others on the host, and never sent.
 */
export const secret = Object.freeze({
  /** The value of an environment variable where HostKit runs: `secret.env("DATABASE_URL")`. */
  env(name: string): Secret {
    if (typeof name !== "string" || !/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) {
      throw new TypeError(
        'secret.env needs the name of an environment variable, such as secret.env("APP_PASSWORD").',
      );
    }
    return new Secret({ from: "env", name });
  },

  /**
   * What is in a file where HostKit runs, without line breaks at its end; the path is relative to the file it is written in:
   * `secret.file("./secrets/db-password")`.
   */
  file(path: string): Secret {
    if (typeof path !== "string" || path === "" || path.includes("\0")) {
      throw new TypeError(
        'secret.file needs the path of a local file, such as secret.file("./db-password").',
      );
    }
    return new Secret({ from: "file", path }, callSite());
  },

  /**
   * What a command prints where HostKit runs, without line breaks at its end; it is started without a shell:
   * `secret.command(["pass", "show", "db/password"])`.
   */
  command(command: readonly [string, ...string[]] | { readonly argv: readonly string[] }): Secret {
    const words: unknown = isArgv(command) ? command.argv : command;
    const isCommand =
      Array.isArray(words) &&
      words.length > 0 &&
      words.every((word) => typeof word === "string" && !word.includes("\0")) &&
      words[0] !== "";
    if (!isCommand) {
      throw new TypeError(
        'secret.command needs a command as a list of words, such as secret.command(["pass", "show", "db/password"]).',
      );
    }
    return new Secret({ from: "command", argv: [...(words as string[])] });
  },

  /**
   * What is in a file of the host, without line breaks at its end. Whatever puts it there comes before the push:
   * `secret.hostFile("/run/secrets/db-password")`.
   */
  hostFile(path: string): Secret {
    const parsed = AbsolutePath.safeParse(path);
    if (!parsed.success) {
      throw new TypeError(
        'secret.hostFile needs an absolute path on the host, such as secret.hostFile("/run/secrets/x").',
      );
    }
    return new Secret({ from: "hostFile", path: parsed.data });
  },

  /**
   * A random value that the host makes and keeps: every push gives the same one, each host its own, and nobody else ever has it:
   * `secret.generate({ bytes: 32 })`.
   */
  generate({ bytes = 32, encoding = "base64url", name }: GenerateOptions = {}): Secret {
    if (!Number.isInteger(bytes) || bytes < 16 || bytes > 1024) {
      throw new TypeError("secret.generate makes 16 to 1024 bytes: { bytes: 32 }.");
    }
    if (!ENCODINGS.includes(encoding)) {
      throw new TypeError(`secret.generate knows the encodings ${ENCODINGS.join(" and ")}.`);
    }
    if (name !== undefined && (typeof name !== "string" || !/^[\w.:/#-]{1,200}$/.test(name))) {
      throw new TypeError(
        'secret.generate takes a word as a name, such as { name: "session-key" }.',
      );
    }
    return new Secret({
      from: "generate",
      bytes,
      encoding,
      ...(name === undefined ? {} : { name }),
    });
  },
});
