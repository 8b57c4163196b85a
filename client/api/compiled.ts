import type { Manifest } from "../../shared/manifest.ts";
import type { Contents } from "../session.ts";
import { Hidden } from "./arguments.ts";
import { type Declaration, declarations } from "./declaration.ts";

/** A declaration compiled for one host. */
export interface Compiled {
  /** The declared name of the host. */
  readonly host: string;
  /** Desired resources in declaration order, as plain data. */
  readonly manifest: Manifest;
  /** The bytes of what the manifest names by digest. */
  readonly contents: Contents;
}

export const compilations = new Hidden<Compiled, Declaration>("`compile`");

export async function compile(declaration: Declaration, host: string): Promise<Compiled> {
  const { manifest, contents } = await declarations.get(declaration).loaded.manifestFor(host);
  const compiled: Compiled = { host, manifest, contents };
  compilations.put(compiled, declaration);
  return compiled;
}
