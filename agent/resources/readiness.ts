import { waitUntilReady } from "../readiness/wait.ts";
import type { Driver } from "./driver.ts";

export const readiness: Driver<"readiness"> = {
  waits: true,

  read: async (resources) => resources.map(() => ({ observed: { state: "present" } })),

  async apply(steps, context) {
    const wait = async (step: (typeof steps)[number]) => {
      context.started(step);
      await waitUntilReady(step, context);
      context.done(step);
    };
    await Promise.all(steps.map(wait));
  },

  // Nothing of it is on the host, so nothing goes and nothing comes back.
  async remove(steps, context) {
    for (const step of steps) {
      context.started(step);
      context.done(step);
    }
  },
  undo: async () => undefined,
};
