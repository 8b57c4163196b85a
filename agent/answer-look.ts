import type { Hello, RequestOf, ResponseOf } from "../shared/protocol/messages.ts";
import type { RunId } from "../shared/run.ts";
import { audit } from "./audit.ts";
import type { Channel } from "./channel.ts";
import type { ContentStore } from "./content-store.ts";
import { examine } from "./examine.ts";
import type { Executor } from "./executor/executor.ts";
import type { Host } from "./host/host.ts";
import { lookingOnly } from "./host/looking-only.ts";
import { lookAt } from "./look.ts";
import type { TextSource } from "./patch.ts";
import { readAll } from "./read.ts";
import { SecretValues } from "./secrets/secret-values.ts";
import { runsAtWork, tellPending } from "./transaction/pending.ts";
import type { LookingRoot } from "./transaction/places.ts";

/** Answers to whoever only looks. This is the one place that has the host's whole door, and it is not handed on. */

export type AskedToLook =
  | { readonly verb: "audit"; readonly body: RequestOf<"audit"> }
  | { readonly verb: "examine"; readonly body: RequestOf<"examine"> }
  | { readonly verb: "read"; readonly body: RequestOf<"read"> };

export interface LookContext {
  readonly host: Host;
  readonly root: string;
  readonly hello: Pick<Hello, "machineId">;
  readonly executor: Pick<Executor, "isAlive">;
  readonly id: number;
  readonly channel: Channel;
  readonly contents: ContentStore;
}

export async function answerLook(asked: AskedToLook, context: LookContext): Promise<unknown> {
  const { root, hello, executor } = context;
  const { machineId } = hello;
  const at = { host: lookingOnly(context.host), root };
  const isAlive = (run: RunId) => executor.isAlive(run);
  if (asked.verb === "examine") return examine({ ...at, machineId, isAlive });
  const answer = await lookBeside(asked, { ...at, context });
  const { pending, told } = await tellPending({ ...at, machineId }, isAlive);
  const working = await runsAtWork(at, isAlive);
  return { ...answer, diagnostics: [...answer.diagnostics, ...told, ...working], pending };
}

type AskedBeside = Exclude<AskedToLook, { readonly verb: "examine" }>;
type Beside = Omit<ResponseOf<"audit">, "pending"> | Omit<ResponseOf<"read">, "pending">;

/** What the host has, beside a declaration. */
async function lookBeside(
  { verb, body: { manifest, secrets: given } }: AskedBeside,
  { host, root, context }: LookingRoot & { readonly context: LookContext },
): Promise<Beside> {
  const secrets = new SecretValues(host, given);
  const looked = await lookAt(manifest, { host, root, secrets });
  if (verb === "audit") return audit(looked, { host, secrets, texts: askFor(context) });
  return { found: readAll(looked), diagnostics: [...looked.observations.warnings] };
}

/** All that is asked for stays in memory, so that nothing is written for it either; what would be too much is told by size. */
const ASKED = 4 * 1024 * 1024;

function askFor({ channel, contents, id }: LookContext): TextSource {
  return async (wanted) => {
    const refs = new Map(wanted.map((ref) => [ref.sha256, ref]));
    let total = 0;
    const few = [...refs.values()].filter(({ size }) => (total += size) <= ASKED);
    await channel.send("event", id, { type: "need", contents: few.map((ref) => ref.sha256) });
    await contents.wait(few);
    return new Map(
      await Promise.all(few.map(async (ref) => [ref.sha256, await contents.text(ref)] as const)),
    );
  };
}
