import { AbsolutePath, type ResourceId, UserName } from "../../shared/brands.ts";
import type { Recorder, Scope } from "./recorder.ts";
import { DaemonOptions, PASSED_ON, unitOptions } from "./daemon.ts";
import type { Handle } from "./handle.ts";
import { ServiceIsolation } from "./isolation/isolation.ts";
import {
  type DefaultRoot,
  hasOwnDirectory,
  identityOf,
  type Naming,
  pathIn,
  StorageName,
} from "./names.ts";
import { type Options, type ResourceBuilders, resourceBuilders } from "./resource-builders.ts";
import type { ProjectLevel } from "./observability/project-observability.ts";
import {
  type ServiceObservability,
  serviceObservability,
} from "./observability/service-observability.ts";
import { readyBuilder, type ReadyBuilder } from "./ready.ts";
import { isRecord } from "./resource-options.ts";

type AccountBuilder = ResourceBuilders["account"] & {
  /** The service's own account, named after it: `s.account({ system: true })`. Daemons and storage then belong to it. */
  (options?: Options<"account">): Handle<"account">;
};

interface DaemonBuilder {
  /** The service's unit, named after it, enabled and running: `s.daemon({ exec: argv("/opt/api/bin/server") })`. */
  (options: DaemonOptions): Handle<"unit">;
  /** One more unit, named after the service and itself: `s.daemon("worker", { exec: … })` is `api-worker.service`. */
  (name: string, options: DaemonOptions): Handle<"unit">;
}

/** What a service can declare. */
export interface ServiceScope<Root extends string = never>
  extends Omit<ResourceBuilders, "account">, ServiceObservability {
  /** As given to `p.service`. */
  readonly name: string;
  /** The user the service's account has, or would have: the prefix and the name, `_` written as `-`. */
  readonly user: string;
  readonly account: AccountBuilder;
  readonly daemon: DaemonBuilder;
  readonly ready: ReadyBuilder;
  /**
   * A directory of the service: `s.storage("data")` is `/var/lib/api`, and so for every root; any other name is a
   * directory in its data: `s.storage("uploads")` is `/var/lib/api/uploads`. It belongs to the service's account with
   * mode 0750, except `config`, which root owns and the account's group may read. Without an account: root, 0755.
   */
  readonly storage: (name: string, options?: Options<"directory">) => Handle<"directory">;
  /** A path of the service below a root: `s.path("data", "cache.db")` is `/var/lib/api/cache.db`; `bin` is shared. */
  readonly path: (root: Root | DefaultRoot, ...parts: readonly string[]) => string;
}

/** Refers to a declared service. */
export interface ServiceHandle {
  readonly service: string;
  readonly user: string;
}

interface ServiceContext {
  readonly name: string;
  readonly naming: Naming;
  readonly recorder: Recorder;
  readonly scope: Scope;
  /** What the project says of all services. */
  readonly project: ProjectLevel;
}

export function serviceScope({
  name,
  naming,
  recorder,
  scope,
  project,
}: ServiceContext): ServiceScope<string> {
  const builders = resourceBuilders(recorder, scope);
  const identity = identityOf(name);
  const user = `${naming.prefixes.user}${identity}`;
  const subject = `service ${name}`;
  let account: Handle<"account"> | undefined;
  let rootInstead: string | undefined;
  const observability = serviceObservability({ service: name, recorder, scope, project });
  const isolation = new ServiceIsolation(recorder, scope);

  /** The account, or a note that something was declared without one. */
  const ownAccount = (what: string) => {
    if (account === undefined) rootInstead ??= what;
    return account;
  };

  function declareAccount(first?: string | Options<"account">, options?: Options<"account">) {
    if (typeof first === "string") return builders.account(first, options);
    if (rootInstead !== undefined) {
      const detail = `${subject} declares its account after ${rootInstead}, which therefore belongs to root. Call \`s.account\` first.`;
      recorder.fault({ code: "HK1024", detail });
    }
    const { success } = UserName.safeParse(user);
    if (!success) {
      const detail = `${subject} can't have an account: its user would be ${JSON.stringify(user)}, which has more than 32 characters. Choose a shorter name or prefix, or declare an account by name.`;
      recorder.fault({ code: "HK1023", detail });
      return recorder.broken("account", user, undefined);
    }
    account = builders.account(user, first);
    return account;
  }

  function storage(storageName: string, options?: Options<"directory">) {
    const owner = ownAccount(`storage ${storageName}`);
    const isRoot = hasOwnDirectory(naming, storageName);
    const parsed = recorder.name(StorageName, { what: "storage name", input: storageName });
    const parts = isRoot ? [] : [parsed ?? ""];
    const path = pathIn(naming, isRoot ? storageName : "data", { service: name, parts });
    if (parsed === undefined || path === undefined)
      return recorder.broken("directory", path ?? "", options);
    if (storageName === "run") {
      const detail = `${subject} wants storage in ${path}, which every boot empties. Let systemd make it when the service starts: give the daemon \`service: { RuntimeDirectory: "${name}" }\`.`;
      recorder.fault({ code: "HK1027", detail });
      return recorder.broken("directory", path, options);
    }
    isolation.storage(storageName, path);
    const group = owner?.group;
    const defaults =
      owner === undefined
        ? {}
        : { owner: storageName === "config" ? "root" : owner.user, group, mode: 0o750 };
    // Bad options are for the builder to refuse, which knows what to say.
    return builders.directory(
      path,
      isRecord(options) ? { ...defaults, ...options } : (options ?? defaults),
    );
  }

  function path(root: string, ...parts: readonly string[]): string {
    const found = pathIn(naming, root, { service: name, parts });
    if (found === undefined) {
      const known = Object.keys(naming.roots).map((each) => `\`${each}\``);
      const detail = `${subject} asks for a path in the root ${JSON.stringify(root)}, which the project does not have. Known: ${known.join(", ")}. Add it to \`roots\` of \`project\`.`;
      recorder.fault({ code: "HK1026", detail });
      return `/undeclared/${name}`;
    }
    recorder.name(AbsolutePath, { what: "path", input: found });
    return found;
  }

  function daemon(first: string | DaemonOptions, second?: DaemonOptions) {
    const own = typeof first === "string" ? `${identity}-${identityOf(first)}` : identity;
    const unit = `${naming.prefixes.unit}${own}.service`;
    const given: unknown = typeof first === "string" ? second : first;
    const options = isRecord(given) ? given : {};
    const passed = Object.fromEntries(
      PASSED_ON.filter((option) => Object.hasOwn(options, option)).map((option) => [
        option,
        options[option],
      ]),
    );
    const input = Object.fromEntries(
      Object.entries(options).filter(([option]) => !Object.hasOwn(passed, option)),
    );
    const owner = options["user"] === undefined ? ownAccount(`unit:${unit}`) : account;
    const parsed = recorder.parse(
      DaemonOptions,
      { name: `unit:${unit}`, input: isRecord(given) ? input : given, alsoKnown: PASSED_ON },
      `unit:${unit}`,
    );
    if (parsed === undefined) return recorder.broken("unit", unit, undefined);
    const description = typeof first === "string" ? `${name} ${first}` : name;
    const logs = observability.ofDaemon(`unit:${unit}` as ResourceId, parsed);
    const confined = isolation.confine({ id: `unit:${unit}`, ...parsed }, passed["service"]);
    const who = { description, user: owner?.user, group: owner?.group };
    const defaults = { ...who, logs, isolation: confined };
    return recorder.resource(
      { kind: "unit", key: unit, options: unitOptions(parsed, { defaults, passed }) },
      scope,
    );
  }

  const { monitor, logs, telemetry } = observability.scoped;
  const { ready, following } = readyBuilder({ service: name, recorder, ...builders });
  return Object.freeze({
    ...builders,
    name,
    user,
    account: declareAccount,
    daemon: following(daemon),
    ready,
    monitor,
    logs,
    telemetry,
    storage,
    path,
  });
}
