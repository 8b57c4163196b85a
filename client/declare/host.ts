import * as z from "zod";
import { isOperators, Secret } from "../../shared/secret.ts";
import { DurationInMilliseconds } from "./duration.ts";

/** A name or address as ssh(1) takes it. A leading dash would be read as an option by programs it is given to. */
const Address = z
  .string()
  .regex(
    /^[A-Za-z0-9_:[][A-Za-z0-9._:%[\]-]*$/,
    "must be a host name or an IP address, such as app.example.com",
  );

const LocalPath = z
  .string()
  .regex(
    /^(?:\/|~\/)[^\0]+$/,
    "must be a path on this machine that begins with / or ~/, such as ~/.ssh/id_ed25519",
  );

const LoginName = z
  .string()
  .regex(/^[A-Za-z0-9_][A-Za-z0-9._\\@-]*$/, "must be the name of a user");

const Fingerprint = z
  .string()
  .regex(
    /^SHA256:[0-9A-Za-z+/]{43}=?$/,
    "must be a fingerprint as `ssh-keygen -lf` prints it: SHA256: and 43 characters",
  )
  .transform((text) => text.replace(/=$/, ""));

const Retry = z.strictObject({
  /** How often to try to connect in all: `attempts: 3`. */
  attempts: z.int().min(1).max(100),
  /** Wait before the second attempt, doubled for each further one: `delay: "500ms"`. */
  delay: DurationInMilliseconds.optional(),
  /** The longest wait between two attempts: `maxDelay: "10s"`. */
  maxDelay: DurationInMilliseconds.optional(),
});

/** How to log in. What is left out is as ssh(1) would have it. Parsed durations are milliseconds. */
const SshOptions = z.strictObject({
  /** Who to log in as: `user: "root"`. */
  user: LoginName.optional(),
  /** Where sshd listens: `port: 2222`. */
  port: z.int().min(1).max(65_535).optional(),
  /** The private key to log in with: `identityFile: "~/.ssh/id_ed25519"`. */
  identityFile: LocalPath.optional(),
  /** The socket of the SSH agent to use, or `false` for none; unset: `SSH_AUTH_SOCK`. `agent: "~/.ssh/agent.sock"` */
  agent: z
    .union([z.literal(false), LocalPath], {
      error: "must be the path of an agent's socket, or false for no agent",
    })
    .optional(),
  /** The password to log in with: `password: secret.env("APP_SSH_PASSWORD")`. */
  password: z
    // Before a host is reached, nothing can be read there.
    .custom<Secret>((value) => value instanceof Secret && isOperators(value.reference), {
      error: 'must be a secret, such as secret.env("APP_SSH_PASSWORD")',
      params: { confidential: true },
    })
    .optional(),
  /** The only host key to accept: `hostKey: "SHA256:…"`, as `ssh-keygen -lf` prints it on the host. */
  hostKey: Fingerprint.optional(),
  /** The file that lists known host keys: `knownHostsFile: "~/.ssh/known_hosts_prod"`. */
  knownHostsFile: LocalPath.optional(),
  /** Records the key of a host that is not known yet instead of refusing it: `acceptNewHostKey: true`. */
  acceptNewHostKey: z.boolean().optional(),
  /** Tries again when the host can't be reached: `retry: { attempts: 3 }`. */
  retry: Retry.optional(),
  /** How long one attempt to connect may take: `connectTimeout: "10s"`. */
  connectTimeout: DurationInMilliseconds.optional(),
  /** Runs the agent with sudo(8), for a user that is not root: `sudo: true`. */
  sudo: z.boolean().optional(),
});

const Tag = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/, "must be one word: letters, digits, `.`, `_` and `-`");

export const HostOptions = z.strictObject({
  /** Where the host is reached: `at: "app.example.com"`. */
  at: Address,
  /** Words to find the host by: `tags: ["production"]`. */
  tags: z.array(Tag).readonly().optional(),
  /** How to log in: `ssh: { user: "root", port: 2222 }`. */
  ssh: SshOptions.optional(),
});
export type HostOptions = z.input<typeof HostOptions>;

/** A declared host. Durations are milliseconds. */
export interface HostDeclaration extends Readonly<z.output<typeof HostOptions>> {
  readonly name: string;
}
export type SshDeclaration = NonNullable<HostDeclaration["ssh"]>;

/** Refers to a declared host: `p.service("api", { on: [app] }, …)`. */
export interface HostHandle {
  readonly host: string;
  /** Where it is reached. */
  readonly at: string;
}
