import { canonical } from "../../shared/canonical.ts";
import { kindOf, type Resource } from "../../shared/resources/registry.ts";
import type { Rendering } from "../../shared/rendering.ts";
import { EXIT } from "../cli/exit-code.ts";
import { cliFault } from "../cli/faults.ts";
import { notDeclared } from "../cli/not-declared.ts";
import type { CompiledHost, LoadedProject } from "../compile/load.ts";
import type { Command } from "./command.ts";
import { hostsNamed } from "./dump.ts";
import { load } from "./load.ts";
import { sha256 } from "../sha256.ts";

/** Prints the exact content that a resource will have. Contacts no host. */
export const render: Command = async (context) => {
  const [id = ""] = context.options.words;
  const loaded = await load(context);
  const compiled = await compiledHosts(loaded);
  const hosts = hostsNamed(loaded, context.options);
  const found = hosts.flatMap((host) => {
    const resource = resourcesOf(compiled, host).find((one) => one.id === id);
    return resource === undefined ? [] : [{ host, resource, rendering: renderingOf(resource) }];
  });
  const [first] = found;
  if (first === undefined) {
    const has = (host: string) => resourcesOf(compiled, host).some((one) => one.id === id);
    const there = [...compiled.keys()].filter(has);
    const known = hosts.flatMap((host) => resourcesOf(compiled, host).map((one) => one.id));
    throw notDeclared(id, { hosts, there, known });
  }
  const others = found.filter(({ rendering }) => !isSame(rendering, first.rendering));
  if (others.length > 0) {
    const same = found.filter((each) => !others.includes(each));
    const named = (list: typeof found) => list.map(({ host }) => host).join(", ");
    throw cliFault(
      "HK5068",
      `${id} is one thing on ${named(same)}, and another on ${named(others)}. Say which one is meant: --host ${first.host}.`,
    );
  }
  const { rendering, resource } = first;
  const bytes = await bytesOf(rendering, compiled.get(first.host)!.contents);
  context.view.rendered({
    id: resource.id,
    kind: resource.kind,
    hosts: found.map(({ host }) => host),
    bytes,
    isText: "ref" in rendering ? rendering.ref.text : true,
    masked: "masked" in rendering && rendering.masked,
    sha256: sha256(bytes),
    notes: rendering.notes,
  });
  return { exitCode: EXIT.ok, hosts: [] };
};

type Compiled = ReadonlyMap<string, CompiledHost>;

async function compiledHosts(loaded: LoadedProject): Promise<Compiled> {
  const compiled = new Map<string, CompiledHost>();
  for (const { name } of loaded.project.hosts) compiled.set(name, await loaded.manifestFor(name));
  return compiled;
}

const resourcesOf = (compiled: Compiled, host: string): readonly Resource[] =>
  compiled.get(host)?.manifest.resources ?? [];

/** What has no content is shown by its fields, as a manifest has them. */
function renderingOf({ kind, desired }: Resource): Rendering {
  return (
    kindOf(kind).rendered?.(desired) ?? {
      text: `${JSON.stringify(desired, null, 2)}\n`,
      masked: false,
      notes: ["It has no content of its own: these are its fields."],
    }
  );
}

const isSame = (one: Rendering, other: Rendering): boolean => canonical(one) === canonical(other);

async function bytesOf(
  rendering: Rendering,
  contents: CompiledHost["contents"],
): Promise<Uint8Array> {
  if ("text" in rendering) return new TextEncoder().encode(rendering.text);
  const pieces: Uint8Array[] = [];
  for await (const piece of contents.open(rendering.ref.sha256)) pieces.push(piece);
  return Buffer.concat(pieces);
}
