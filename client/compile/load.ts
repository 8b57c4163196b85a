import { dirname, resolve } from "node:path";
import { type Diagnostic, HostKitError } from "../../shared/diagnostic.ts";
import type { Manifest } from "../../shared/manifest.ts";
import { Secret } from "../../shared/secret.ts";
import type { Project } from "../declare/declared.ts";
import { diagnosticOf } from "../declare/fault.ts";
import { didYouMean } from "../../shared/nearest-name.ts";
import { bundle } from "./bundle.ts";
import { ContentStore } from "./contents.ts";
import { fromFaults, fromHosts, fromMessage } from "./diagnostics.ts";
import { evaluate } from "./evaluate.ts";
import { findConfig } from "./find-config.ts";
import { compileManifest, type ServiceMembers } from "./manifest.ts";
import { resolveContents } from "./resolve-contents.ts";
import { SourceMap } from "./source-map.ts";

/** Milliseconds a declaration may run; it computes and reads, it does not wait. */
const EVALUATION_TIMEOUT = 10_000;

export interface LoadOptions {
  /** The declaration to use; unset: the nearest `hostkit.config.ts` from `cwd` upward. */
  readonly config?: string | undefined;
  /** Places in messages are relative to it. */
  readonly cwd: string;
  /** Where the declaration's own console goes. Default: this process's stderr. */
  readonly stderr?: NodeJS.WritableStream;
  /** Milliseconds the declaration may run. Default: 10 000. */
  readonly timeout?: number;
}

/** A project compiled for one host. */
export interface CompiledHost {
  readonly manifest: Manifest;
  readonly contents: Pick<ContentStore, "open">;
  readonly services: ServiceMembers;
}

/** A declaration that was found to be sound for every host it declares. */
export interface LoadedProject {
  readonly project: Project;
  /** Absolute. */
  readonly configPath: string;
  /** Whatever does not keep the project from being used. */
  readonly warnings: readonly Diagnostic[];
  /** Rejects with HK1006 for a host that is not declared. */
  manifestFor(hostName: string): Promise<CompiledHost>;
}

/** Finds, compiles, evaluates and checks a declaration. Throws all of its faults together. */
export async function loadProject(options: LoadOptions): Promise<LoadedProject> {
  const { cwd, stderr = process.stderr, timeout = EVALUATION_TIMEOUT } = options;
  const configPath = findConfig(options);
  const bundled = await bundle(configPath);
  if ("errors" in bundled)
    throw new HostKitError(bundled.errors.map((error) => fromMessage(error, cwd)));

  const sources = new SourceMap(bundled.map, { configPath, cwd });
  const evaluation = evaluate(bundled.code, { configPath, timeout, stderr });
  if ("faults" in evaluation)
    throw new HostKitError(fromFaults(evaluation.faults, { sources, configPath, cwd }));

  const project = withPlaces(evaluation.project, { sources, configPath });
  const store = new ContentStore();
  const { refs, faults } = await resolveContents(project, { store, sources, configPath });
  const declared = [...project.faults, ...faults];
  const refused = new Set(project.faults.flatMap(({ resource }) => resource ?? []));
  const compiled = new Map(
    hostNames(project).map((name) => [
      name,
      compileManifest(project, name, { refs, sources, refused }),
    ]),
  );
  const found = [...fromFaults(declared, { sources, configPath, cwd }), ...fromHosts(compiled)];
  if (found.length > 0) throw new HostKitError(found);

  return {
    project,
    configPath,
    warnings: bundled.warnings.map((warning) => fromMessage(warning, cwd)),
    manifestFor: async (hostName) => {
      const result = project.hosts.length === 0 ? undefined : compiled.get(hostName);
      if (result === undefined || "faults" in result) throw undeclared(hostName, project);
      return { manifest: result.manifest, services: result.services, contents: store };
    },
  };
}

/** A path of a secret starts from the file it is written in, which nobody knows later. */
function withPlaces(
  project: Project,
  { sources, configPath }: { readonly sources: SourceMap; readonly configPath: string },
): Project {
  const placed = (password: Secret): Secret => {
    const { reference, frame } = password;
    if (reference.from !== "file") return password;
    const from = dirname(sources.place(frame)?.path ?? configPath);
    return new Secret({ from: "file", path: resolve(from, reference.path) });
  };
  const hosts = project.hosts.map((host) =>
    host.ssh?.password === undefined
      ? host
      : { ...host, ssh: { ...host.ssh, password: placed(host.ssh.password) } },
  );
  return { ...project, hosts };
}

/** Without a sound host, resources are checked all the same, as those of a host without a name. */
function hostNames({ hosts }: Project): readonly string[] {
  return hosts.length === 0 ? [""] : hosts.map(({ name }) => name);
}

function undeclared(name: string, { hosts }: Project): HostKitError {
  const known = hosts.map((host) => host.name);
  const list =
    known.length === 0
      ? 'It declares none at all: add p.host("name", { at: "address" }).'
      : `Declared: ${known.join(", ")}.`;
  const detail = `The project declares no host ${JSON.stringify(name)}.${didYouMean(name, known)} ${list}`;
  return new HostKitError(diagnosticOf({ code: "HK1006", detail }));
}
