import { expect, test, vi } from "vitest";
import { createInterrupt, Interrupted } from "../../../client/operate/interrupt.ts";

function setUp() {
  let press = () => {};
  const stopListening = vi.fn<() => void>();
  const leave = vi.fn<(state: { readonly changing: boolean }) => void>();
  const interrupt = createInterrupt({
    listen: (callback) => {
      press = callback;
      return stopListening;
    },
    leave,
  });
  return { interrupt, press: () => press(), leave, stopListening };
}

test("the first one stops work that changes nothing", async () => {
  const { interrupt, press, leave } = setUp();
  const waiting = interrupt.race(new Promise<never>(() => {}));
  press();
  await expect(waiting).rejects.toBeInstanceOf(Interrupted);
  expect(interrupt.signal.aborted).toBe(true);
  expect(interrupt.requested).toBe(true);
  expect(leave).not.toHaveBeenCalled();
  await expect(interrupt.race(Promise.resolve(1))).rejects.toBeInstanceOf(Interrupted);
});

test("the second one leaves at once", () => {
  const { press, leave } = setUp();
  press();
  press();
  expect(leave).toHaveBeenCalledExactlyOnceWith({ changing: false });
});

test("while a host is being changed the first one is answered, for every such host", async () => {
  const { interrupt, press, leave } = setUp();
  const explain = vi.fn<() => void>();
  let finish = () => {};
  const work = () => new Promise<string>((resolve) => (finish = () => resolve("done")));
  const changing = interrupt.whileChanging(work, explain);
  press();
  expect(explain).toHaveBeenCalledOnce();
  expect(interrupt.signal.aborted).toBe(false);
  press();
  expect(leave).toHaveBeenCalledExactlyOnceWith({ changing: true });
  finish();
  await expect(changing).resolves.toBe("done");
});

test("what was not interrupted is as it is, and a late loser is nobody's problem", async () => {
  const { interrupt, press } = setUp();
  await expect(interrupt.race(Promise.resolve(1))).resolves.toBe(1);
  await expect(interrupt.race(Promise.reject(new Error("own")))).rejects.toThrow("own");
  let fail: (error: Error) => void = () => {};
  const waiting = interrupt.race(new Promise<never>((_resolve, reject) => (fail = reject)));
  press();
  await expect(waiting).rejects.toBeInstanceOf(Interrupted);
  fail(new Error("late"));
});

test("stops listening", () => {
  const { interrupt, stopListening } = setUp();
  interrupt.stop();
  expect(stopListening).toHaveBeenCalledOnce();
});
