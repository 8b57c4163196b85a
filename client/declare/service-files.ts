import { documentBuilders, type DocumentBuilders } from "./document-builders.ts";
import type { DocumentData } from "./document.ts";
import { describe } from "./describe.ts";
import type { Handle } from "./handle.ts";
import { pathIn } from "./names.ts";
import type { Options } from "./resource-builders.ts";
import { isRecord } from "./resource-options.ts";
import type { Service } from "./service.ts";
import { Secret } from "../../shared/secret.ts";
import { withoutSpecifiers } from "../../shared/systemd/quote.ts";
import { text, type TextTemplate } from "./text-template.ts";

type FileOptions = Omit<Options<"file">, "content" | "merge">;

/** Variables of a service's processes, in a file that systemd reads for them. */
export interface EnvHandle extends Handle<"file"> {
  /** The service whose daemons and jobs can take it. */
  readonly envOf: string;
}

/** Values as a variable can have them. */
type EnvValues = Readonly<
  Record<string, Exclude<DocumentData, object | null> | Secret | undefined>
>;

/** A secret that systemd hands to a unit, in memory and readable by nobody else: a value, or a text with some. */
export type Credential = Secret | TextTemplate | string;

/** Builders of a service's own files. Their names are in its configuration directory unless they are absolute paths. */
export interface ServiceFileBuilders extends DocumentBuilders {
  /**
   * Variables for daemons and jobs of the service, secrets included: `s.env("runtime", { PORT: 4000 })` is
   * `/etc/api/runtime.env`, which root owns and the service's group may read, mode 0640. Given to `env` of a daemon, which
   * restarts when one changes.
   */
  readonly env: (name: string, values: EnvValues, options?: FileOptions) => EnvHandle;
}

export function serviceFileBuilders(service: Service): ServiceFileBuilders {
  const { naming, directory, builders, owner } = service;
  const place = (name: string) => {
    if (typeof name !== "string" || name.startsWith("/")) return name;
    return pathIn(naming, "config", { service: directory, parts: name.split("/") }) ?? name;
  };
  const file = (path: string, options: Options<"file">) => {
    const group = owner(`file:${path}`)?.group;
    return builders.file(path, {
      ...(group === undefined ? {} : { group, mode: "0640" }),
      ...options,
    });
  };
  const documents = documentBuilders(file, place);
  return {
    ...documents,
    env(name, values, options) {
      const made = documents.dotenv(`${name}.env`, values, { mode: "0640", ...options });
      return service.recorder.extended(made, { envOf: service.name });
    },
  };
}

interface Attached {
  readonly env?: unknown;
  readonly credentials?: unknown;
}

/** Directives of [Service] for files that systemd reads for a unit. */
export function attach(
  { env, credentials }: Attached,
  unit: string,
  service: Service,
): Record<string, readonly string[]> {
  return {
    ...given("EnvironmentFile", environmentFiles(env, unit, service)),
    ...given("LoadCredential", loadCredentials(credentials, unit, service)),
  };
}

const given = (name: string, values: readonly string[]) =>
  values.length === 0 ? {} : { [name]: values };

function environmentFiles(env: unknown, unit: string, { name, recorder }: Service): string[] {
  if (env === undefined) return [];
  const refuse = (detail: string, code: "HK1021" | "HK1042" = "HK1021") => {
    recorder.fault({ code, detail, resource: `unit:${unit}` });
    return [];
  };
  if (!Array.isArray(env)) {
    return refuse(
      `\`env\` of unit:${unit} must be a list of what s.env returned, but is ${describe(env, { quote: false })}. Single variables go to \`environment\`.`,
    );
  }
  return (env as readonly unknown[]).flatMap((handle, index) => {
    if (!isRecord(handle) || typeof handle["envOf"] !== "string") {
      return refuse(
        `\`env[${index}]\` of unit:${unit} must be what s.env returned, but is ${describe(handle, { quote: false })}.`,
      );
    }
    if (handle["envOf"] !== name) {
      return refuse(
        `\`env[${index}]\` of unit:${unit} is ${String(handle["id"])}, which belongs to the service ${handle["envOf"]}, whose group alone can read it. Declare one for ${name} with s.env; values that both need can be shared in a constant.`,
        "HK1042",
      );
    }
    return [withoutSpecifiers(String(handle["path"]))];
  });
}

/** Where systemd looks for credentials of an administrator; see systemd.exec(5). */
const CREDENTIALS = "/etc/credstore";

/** systemd.exec(5): a name is one that a file can have, see credential_name_valid() of its sources. */
const NAME = /^[A-Za-z0-9._-]{1,128}$/;

function loadCredentials(wanted: unknown, unit: string, { recorder, builders }: Service): string[] {
  if (wanted === undefined) return [];
  const refuse = (detail: string) => {
    recorder.fault({ code: "HK1021", detail, resource: `unit:${unit}` });
    return [];
  };
  if (!isRecord(wanted)) {
    return refuse(`\`credentials\` of unit:${unit} must be an object of secrets by name.`);
  }
  return Object.entries(wanted).flatMap(([name, value]) => {
    if (!NAME.test(name) || name === "." || name === "..") {
      return refuse(
        `\`credentials\` of unit:${unit} has the name ${JSON.stringify(name)}; a name is letters, digits, \`.\`, \`_\` and \`-\`, at most 128.`,
      );
    }
    const content = value instanceof Secret ? text`${value}` : value;
    const path = `${CREDENTIALS}/${unit}.${name}`;
    // Root's alone: the unit gets a copy in memory, and nobody else gets any.
    builders.file(path, {
      content: content as TextTemplate,
      owner: "root",
      group: "root",
      mode: "0600",
    });
    return [`${name}:${withoutSpecifiers(path)}`];
  });
}
