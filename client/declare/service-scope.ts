import { type ServiceFileBuilders, serviceFileBuilders } from "./service-files.ts";
import { AbsolutePath, UserName } from "../../shared/brands.ts";
import type { Handle } from "./handle.ts";
import { ServiceIsolation } from "./isolation/isolation.ts";
import type { Listeners } from "./listeners.ts";
import { type DefaultRoot, type Naming, pathIn } from "./names.ts";
import type { ProjectLevel } from "./observability/project-observability.ts";
import {
  type ServiceObservability,
  serviceObservability,
} from "./observability/service-observability.ts";
import { readyBuilder, type ReadyBuilder } from "./ready.ts";
import type { Recorder, Scope } from "./recorder.ts";
import { type Options, type ResourceBuilders, resourceBuilders } from "./resource-builders.ts";
import { type Service, serviceNames } from "./service.ts";
import { type ReleaseBuilder, serviceReleases } from "./service-release.ts";
import { type StorageBuilder, serviceStorage } from "./service-storage.ts";
import { type ServiceUnits, serviceUnits } from "./service-units.ts";

type AccountBuilder = ResourceBuilders["account"] & {
  /** The service's own account, named after it: `s.account({ system: true })`. Daemons and storage then belong to it. */
  (options?: Options<"account">): Handle<"account">;
};

/** What a service can declare. */
export interface ServiceScope<Root extends string = never>
  extends
    Omit<ResourceBuilders, "account" | keyof ServiceFileBuilders>,
    ServiceFileBuilders,
    ServiceUnits,
    ServiceObservability {
  /** As given to `p.service`. */
  readonly name: string;
  /** The user the service's account has, or would have: the prefix and the name, `_` written as `-`. */
  readonly user: string;
  readonly account: AccountBuilder;
  readonly ready: ReadyBuilder;
  /**
   * A directory of the service: `s.storage("data")` is `/var/lib/api`, and so for every root; any other name is a
   * directory in its data: `s.storage("uploads")` is `/var/lib/api/uploads`. It belongs to the service's account with
   * mode 0750, except `config`, which root owns and the account's group may read. Without an account: root, 0755.
   */
  readonly storage: StorageBuilder<Root>;
  readonly release: ReleaseBuilder;
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
  readonly given: Parameters<typeof serviceNames>[1]["given"];
  readonly naming: Naming;
  readonly recorder: Recorder;
  readonly scope: Scope;
  readonly listeners: Listeners;
  /** What the project says of all services. */
  readonly project: ProjectLevel;
}

export function serviceScope({ given, project, ...context }: ServiceContext): ServiceScope<string> {
  const { name, naming, recorder, scope } = context;
  const builders = resourceBuilders(recorder, scope);
  const subject = `service ${name}`;
  let account: Handle<"account"> | undefined;
  let rootInstead: string | undefined;

  const observability = serviceObservability({ service: name, recorder, scope, project });
  const service: Service = {
    ...context,
    ...serviceNames(name, { given, naming }),
    subject,
    builders,
    isolation: new ServiceIsolation(recorder, scope),
    observability,
    owner: (what) => {
      if (account === undefined) rootInstead ??= what;
      return account;
    },
  };
  const { user, directory } = service;

  function declareAccount(first?: string | Options<"account">, options?: Options<"account">) {
    if (typeof first === "string") return builders.account(first, options);
    if (rootInstead !== undefined) {
      const detail = `${subject} declares its account after ${rootInstead}, which therefore belongs to root. Call \`s.account\` first.`;
      recorder.fault({ code: "HK1024", detail });
    }
    const { success } = UserName.safeParse(user);
    if (!success) {
      const detail = `${subject} can't have an account: its user would be ${JSON.stringify(user)}, which has more than 32 characters. Choose a shorter name or prefix, say \`user\` in the options of the service, or declare an account by name.`;
      recorder.fault({ code: "HK1023", detail });
      return recorder.broken("account", user, undefined);
    }
    account = builders.account(user, first);
    return account;
  }

  function path(root: string, ...parts: readonly string[]): string {
    const found = pathIn(naming, root, { service: directory, parts });
    if (found === undefined) {
      recorder.unknownRoot({ root, subject, naming });
      return `/undeclared/${name}`;
    }
    recorder.name(AbsolutePath, { what: "path", input: found });
    return found;
  }

  const units = serviceUnits(service);
  const { ready, following } = readyBuilder({ service: name, recorder, ...builders });
  return Object.freeze({
    ...builders,
    ...serviceFileBuilders(service),
    ...units,
    ...observability.scoped,
    daemon: following(units.daemon),
    ready,
    name,
    user,
    account: declareAccount,
    storage: serviceStorage(service),
    release: serviceReleases(service),
    path,
  });
}
