import type { HostKitEvent } from "../../../client/api/events.ts";
import { loadWith } from "../../../client/api/declaration.ts";
import { planWith, type PlanOptions } from "../../../client/api/planned.ts";
import { HostKitError } from "../../../shared/diagnostic.ts";
import { createFakeServices, type FakeProject } from "../commands/fake-services.ts";

/** The library on fake hosts. */
export async function library(project: FakeProject = {}) {
  const services = createFakeServices(project);
  const declaration = await loadWith(services, { cwd: "/srv/infra" });
  const events: HostKitEvent[] = [];
  const onEvent = (event: HostKitEvent) => void events.push(event);
  const plan = (options: PlanOptions = {}) =>
    planWith(services, declaration, { onEvent, ...options });
  return { services, log: services.log, declaration, events, onEvent, plan };
}

/** What it rejects with. */
export async function rejection(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => {
      throw new Error("It did not reject.");
    },
    (error: unknown) => error,
  );
}

/** The code and the detail of what it rejects with. */
export async function fault(promise: Promise<unknown>): Promise<string> {
  const error = await rejection(promise);
  if (!(error instanceof HostKitError)) throw error;
  return error.diagnostics.map(({ code, detail }) => `${code} ${detail}`).join("\n");
}
