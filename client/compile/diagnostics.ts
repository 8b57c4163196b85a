import type { Diagnostic } from "../../shared/diagnostic.ts";
import { diagnosticOf, type Fault } from "../declare/fault.ts";
import type { BundleMessage } from "./bundle.ts";
import type { CompiledManifest } from "./manifest.ts";
import { locationOf, pathFrom, type SourceMap } from "./source-map.ts";

/** What the compiler says. */
export function fromMessage({ code, detail, place }: BundleMessage, cwd: string): Diagnostic {
  return diagnosticOf({ code, detail }, place === undefined ? undefined : locationOf(place, cwd));
}

export interface Where {
  readonly sources: SourceMap;
  readonly configPath: string;
  readonly cwd: string;
}

/** Faults with their places in the user's own files. */
export function fromFaults(
  faults: readonly Fault[],
  { sources, configPath, cwd }: Where,
): Diagnostic[] {
  return faults.map((fault) => {
    const first = sources.locate(fault.firstFrame);
    const detail =
      first === undefined
        ? fault.detail
        : `${fault.detail} The first one is at ${first.file}:${first.line}:${first.column}.`;
    // Without a frame the fault is of the file as a whole.
    const source = sources.locate(fault.frame) ?? {
      file: pathFrom(cwd, configPath),
      line: 1,
      column: 1,
    };
    return diagnosticOf({ ...fault, detail }, source);
  });
}

/** What is wrong on several hosts is said once; what is wrong on some of them says on which. */
export function fromHosts(compiled: ReadonlyMap<string, CompiledManifest>): Diagnostic[] {
  const found = new Map<string, { readonly diagnostic: Diagnostic; readonly hosts: string[] }>();
  for (const [host, result] of compiled) {
    for (const diagnostic of "faults" in result ? result.faults : []) {
      const key = JSON.stringify(diagnostic);
      const known = found.get(key);
      if (known === undefined) found.set(key, { diagnostic, hosts: [host] });
      else known.hosts.push(host);
    }
  }
  return [...found.values()].map(({ diagnostic, hosts }) =>
    hosts.length === compiled.size
      ? diagnostic
      : { ...diagnostic, detail: `${diagnostic.detail} This is so on ${hosts.join(", ")}.` },
  );
}
