import { HostKitError } from "../../shared/diagnostic.ts";
import { EXIT, type ExitCode, exitCodeOfError, worst } from "../cli/exit-code.ts";
import { Interrupted } from "../cli/interrupt.ts";
import type { Target } from "../cli/target.ts";
import type { Session } from "../session.ts";
import type { HostProgress, HostResult, View } from "../view/view.ts";
import type { CommandResult, Context } from "./command.ts";

/** Hosts that are worked on at the same time. */
const PARALLEL = 8;

/** Works on every item, a few at a time; one that fails does not stop the others. Results are in the order given. */
export function eachOf<Item, Result>(
  items: readonly Item[],
  work: (item: Item) => Promise<Result>,
): Promise<PromiseSettledResult<Result>>[] {
  const settlers: ((result: PromiseSettledResult<Result>) => void)[] = [];
  const results = items.map(
    (_, index) =>
      new Promise<PromiseSettledResult<Result>>((resolve) => {
        settlers[index] = resolve;
      }),
  );
  let next = 0;
  const worker = async () => {
    for (let index = next++; index < items.length; index = next++) {
      const [settled] = await Promise.allSettled([work(items[index] as Item)]);
      settlers[index]?.(settled);
    }
  };
  for (let count = Math.min(PARALLEL, items.length); count > 0; count--) void worker();
  return results;
}

/** Opens a session and shows how far it is. Closed by whoever asked for it. */
export async function connect(
  target: Target,
  progress: HostProgress,
  { services, interrupt, view }: Context,
): Promise<Session> {
  interrupt.signal.throwIfAborted();
  progress.phase({ name: "connecting" });
  const opening = services.connectTarget(target.reach, {
    signal: interrupt.signal,
    onProgress: (phase) => progress.phase(phase),
  });
  try {
    const session = await interrupt.race(opening);
    const { os, version, agentId, machineId } = session.hello;
    view.detail(
      `${target.name}: ${session.label}, ${os.name}, agent ${version} (${agentId.slice(0, 12)}), machine ${machineId}`,
    );
    return session;
  } catch (error) {
    // It may still succeed after nobody waits for it any more.
    void opening.then((late) => close(late)).catch(() => undefined);
    throw error;
  }
}

/** What became of a host is known by now; that leaving it failed changes nothing. */
export async function close(session: Session): Promise<void> {
  await session.close().catch(() => undefined);
}

/** Shows why a host's work ended early, and gives its line of the summary. */
export function failedHost(
  name: string,
  error: unknown,
  view: View,
): HostResult & { exitCode: ExitCode } {
  if (error instanceof Interrupted) {
    return { host: name, exitCode: EXIT.interrupted, result: UNTOUCHED };
  }
  if (error instanceof HostKitError) view.diagnostics(error.diagnostics, name);
  else view.bug(error, name);
  return { host: name, exitCode: exitCodeOfError(error), result: summaryOf(error) };
}

function summaryOf(error: unknown): string {
  if (!(error instanceof HostKitError)) return "failed";
  const first = error.diagnostics.find((each) => each.severity === "error");
  return first === undefined ? "failed" : `${first.summary.replace(/\.$/, "")} (${first.code})`;
}

/** What is said of a host whose turn never came. */
export const UNTOUCHED = "interrupted, nothing was changed";

/** The result of a command that changes nothing on a host it was interrupted at. */
export function resultOf(
  hosts: readonly (HostResult & { exitCode: ExitCode })[],
  view: View,
): CommandResult {
  const exitCode = worst(hosts.map((host) => host.exitCode));
  if (hosts.some(({ result }) => result === UNTOUCHED)) {
    view.warn("Interrupted. Nothing was changed.");
  }
  return { exitCode, hosts };
}

/** Names the hosts whose turn never came, where others were changed. */
export function warnOfLeft(hosts: readonly HostResult[], view: View): void {
  const left = hosts.filter(({ result }) => result === UNTOUCHED);
  if (left.length === 0) return;
  view.warn(`Interrupted. Left as before: ${left.map(({ host }) => host).join(", ")}.`);
}
