import { userInfo } from "node:os";
import type { Diagnostic } from "../../shared/diagnostic.ts";
import type { LoadedProject } from "../compile/load.ts";
import { OperatorSecrets } from "../secrets/operator-secrets.ts";
import type { Services } from "../services.ts";
import { Hidden } from "./arguments.ts";

export interface LoadOptions {
  /** The file of the declaration. Default: the nearest `hostkit.config.ts` from `cwd` upward. */
  readonly config?: string | undefined;
  /** Where paths begin. Default: the working directory of the process. */
  readonly cwd?: string | undefined;
  /** Where secrets `from: "env"` are looked up. Default: the environment of the process. */
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
}

export interface DeclaredHost {
  readonly name: string;
  /** A host name or an IP address. */
  readonly at: string;
}

/** A declaration that was found to be sound for every host it declares. */
export interface Declaration {
  /** The name of the project. */
  readonly project: string;
  /** Absolute. */
  readonly configPath: string;
  readonly hosts: readonly DeclaredHost[];
  /** Whatever does not keep it from being used. */
  readonly warnings: readonly Diagnostic[];
}

/** What a declaration brings along that only the library sees. */
interface Loaded {
  readonly loaded: LoadedProject;
  /** Each is looked up once for a declaration, however many hosts need it. */
  readonly secrets: OperatorSecrets;
  /** The name of the user the process runs as, which ssh(1) logs in as too. */
  readonly user: () => string;
}

export const declarations = new Hidden<Declaration, Loaded>("`load`");

export async function loadWith(
  { loadProject }: Pick<Services, "loadProject">,
  { config, cwd = process.cwd(), env = process.env }: LoadOptions,
): Promise<Declaration> {
  const loaded = await loadProject({ config, cwd });
  const { project, configPath, warnings } = loaded;
  const declaration: Declaration = {
    project: project.name,
    configPath,
    hosts: project.hosts.map(({ name, at }) => ({ name, at })),
    warnings,
  };
  const secrets = new OperatorSecrets(env);
  declarations.put(declaration, { loaded, secrets, user: () => userInfo().username });
  return declaration;
}
