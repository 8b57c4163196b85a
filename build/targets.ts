/** The hosts an agent is built for. The names are those of the files in `dist/agent` and of the agent table. */
export const TARGETS = ["linux-x64", "linux-arm64"] as const;

export type Target = (typeof TARGETS)[number];

export function isTarget(name: string): name is Target {
  return (TARGETS as readonly string[]).includes(name);
}
