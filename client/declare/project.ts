import type { Project } from "./declared.ts";
import { InterruptedDeclaration } from "./interrupted.ts";
import {
  type DefaultRoot,
  namingOf,
  WordName,
  ProjectOptions as ProjectOptionsSchema,
} from "./names.ts";
import { type ProjectScope, projectScope } from "./project-scope.ts";
import { Recorder } from "./recorder.ts";
import { runScope } from "./run-scope.ts";

export interface ProjectOptions<Root extends string = never> {
  /**
   * Where things live, below which each service has a directory of its own: `roots: { data: "/srv/apps" }`.
   * Unless set: `data` /var/lib, `config` /etc, `cache` /var/cache, `logs` /var/log, `run` /run, `opt` /opt, and
   * `bin` /usr/local/bin, which all share. Further names of your own can be used in `s.path` and `s.storage`.
   */
  readonly roots?: Readonly<Partial<Record<DefaultRoot, string>> & Record<Root, string>>;
  /** Put before every derived name of a kind: `prefixes: { user: "app-", unit: "app-" }`. */
  readonly prefixes?: { readonly user?: string; readonly unit?: string };
}

type ProjectFunction<Root extends string> = (p: ProjectScope<Root>) => void;

/**
 * A declaration's default export: `export default project("prod", (p) => { … })`.
 * The function runs at once and to its end; what it declares is what the hosts shall be.
 */
export function project(name: string, fn: ProjectFunction<never>): Project;
export function project<const Root extends string = never>(
  name: string,
  options: ProjectOptions<Root>,
  fn: ProjectFunction<Root>,
): Project;
export function project(
  name: string,
  ...rest: readonly [ProjectFunction<string>] | readonly [object, ProjectFunction<string>]
): Project {
  const [options, fn] = rest.length === 1 ? [{}, rest[0]] : rest;
  const recorder = new Recorder();
  const parsedName = recorder.name(WordName, { what: "project name", input: name }) ?? "unnamed";
  const settings = recorder.parse(ProjectOptionsSchema, { name: "project", input: options }) ?? {};
  const scope = projectScope({ name: parsedName, naming: namingOf(settings), recorder });
  try {
    runScope(fn, scope, { recorder, subject: "project" });
  } catch (error) {
    throw new InterruptedDeclaration(recorder.abandon(), { cause: error });
  }
  return recorder.finish(parsedName);
}
