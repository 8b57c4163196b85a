import type { CommandResult, Host, LookingHost } from "./host.ts";
import { pretendedKey } from "./keyed.ts";

/**
 * The door to the operating system for whoever only looks: what would change something throws, whatever the code that was given it
 * believes to have, and a key that the host does not have is not made.
 */

/** Programs that only show something, by their first words. */
const SHOWING: readonly (readonly string[])[] = [
  ["systemctl", "show"],
  ["systemctl", "is-system-running"],
  ["systemctl", "list-units"],
  // Namespaces that are gone with the program.
  ["unshare", "--mount", "--pid", "--fork", "true"],
];

type Changing = Exclude<keyof Host, keyof LookingHost>;

/** Each by name, so that a new method of `Host` does not compile before somebody has thought of it. */
const CHANGING: { readonly [Method in Changing]: true } = {
  writeFile: true,
  makeDirectory: true,
  setMetadata: true,
  writeSymlink: true,
  removeFile: true,
  removeDirectory: true,
  rename: true,
  removeTree: true,
  keepFile: true,
  restoreFile: true,
  forgetKept: true,
  lockFile: true,
  unlockFile: true,
  appendText: true,
  flush: true,
  // It asks others, who may do something because of it.
  probe: true,
  stage: true,
};

export function lookingOnly(host: Host): LookingHost {
  // Where there is no key, nothing was made with one: digests of this session agree with each other, and that is enough.
  let keyed: Pick<Host, "seal" | "derive"> | undefined;
  const key = () => (keyed ??= host.hasKey() ? host : pretendedKey());
  const looking: LookingHost = {
    uid: host.uid,
    inspect: (paths, options) => host.inspect(paths, options),
    readFiles: (paths, options) => host.readFiles(paths, options),
    readRange: (path, range) => host.readRange(path, range),
    fileSystems: (paths) => host.fileSystems(paths),
    list: (paths) => host.list(paths),
    touched: (paths) => host.touched(paths),
    seal: (sha256) => key().seal(sha256),
    derive: (name, bytes) => key().derive(name, bytes),
    hasKey: () => host.hasKey(),
    run: async (argv, options): Promise<CommandResult> => {
      if (!SHOWING.some((words) => words.every((word, index) => argv[index] === word))) {
        throw refused(`run ${argv.slice(0, 2).join(" ")}`);
      }
      return host.run(argv, options);
    },
  };
  const refusing = Object.keys(CHANGING).map((method) => [
    method,
    () => {
      throw refused(method);
    },
  ]);
  return { ...looking, ...Object.fromEntries(refusing) };
}

const refused = (what: string) =>
  new Error(`A look at a host must not change it (${what}). This is a bug in HostKit.`);
