import { defineConfig } from "vitest/config";
import { LongestFirst } from "./test/support/longest-first.ts";

/**
 * Four projects: `unit` (pure, milliseconds), `flow` (real client and agent code joined in memory), `hosts` (real
 * machines over real SSH), `types` (the public API as a compiler sees it).
 */
export default defineConfig({
  resolve: { conditions: ["hostkit-source"] },
  ssr: { resolve: { conditions: ["hostkit-source"] } },
  test: {
    // Whoever tests a host waits for it most of the time.
    maxWorkers: 4,
    // A limit for what hangs, not for what is slow beside others.
    testTimeout: 30_000,
    sequence: { sequencer: LongestFirst },
    reporters: ["default", "./test/support/closing-line.ts"],
    projects: [
      {
        extends: true,
        test: {
          name: "unit",
          include: ["test/{shared,client,agent,build,resources}/**/*.test.ts"],
          setupFiles: ["test/support/no-console.ts"],
        },
      },
      {
        extends: true,
        test: {
          name: "flow",
          include: ["test/flow/**/*.test.ts"],
          setupFiles: ["test/support/no-console.ts"],
        },
      },
      {
        extends: true,
        test: {
          name: "hosts",
          include: ["test/hosts/**/*.test.ts"],
          testTimeout: 120_000,
          hookTimeout: 300_000,
          fileParallelism: true,
        },
      },
      {
        extends: true,
        test: {
          name: "types",
          include: [],
          typecheck: {
            enabled: true,
            only: true,
            checker: "tsc",
            include: ["test/types/**/*.test-d.ts"],
            tsconfig: "test/tsconfig.json",
          },
        },
      },
    ],
  },
});
