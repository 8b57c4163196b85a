import { describe, expect, it } from "vitest";

import { withRetry } from "../../../client/transport/retry.ts";
import { isTransient, sshFailure } from "../../../client/transport/ssh-failure.ts";

const fast = { attempts: 3, baseDelayMs: 5 };

describe("trying again", () => {
  it("ends with the first success", async () => {
    let count = 0;
    const attempt = async (): Promise<string> => {
      count += 1;
      if (count < 3) throw sshFailure("HK2001", "refused");
      return "in";
    };
    const signal = AbortSignal.timeout(5_000);
    expect(await withRetry({ policy: fast, signal, attempt, isTransient })).toBe("in");
    expect(count).toBe(3);
  });

  it.each([
    { code: "HK2001", attempts: 3 },
    { code: "HK2008", attempts: 3 },
    { code: "HK2010", attempts: 1 },
    { code: "HK2011", attempts: 1 },
    { code: "HK2020", attempts: 1 },
    { code: "HK2022", attempts: 1 },
  ] as const)("after $code makes $attempts attempts", async ({ code, attempts }) => {
    let count = 0;
    const attempt = async (): Promise<never> => {
      count += 1;
      throw sshFailure(code, "it failed");
    };
    const signal = AbortSignal.timeout(5_000);
    await expect(withRetry({ policy: fast, signal, attempt, isTransient })).rejects.toThrow(code);
    expect(count).toBe(attempts);
  });

  it("stops waiting when it is called off", async () => {
    const controller = new AbortController();
    const attempt = async (): Promise<never> => {
      setTimeout(() => controller.abort(new Error("called off")), 10);
      throw sshFailure("HK2001", "refused");
    };
    const policy = { attempts: 2, baseDelayMs: 60_000, maxDelayMs: 60_000 };
    const { signal } = controller;
    await expect(withRetry({ policy, signal, attempt, isTransient })).rejects.toThrow("called off");
  });
});
