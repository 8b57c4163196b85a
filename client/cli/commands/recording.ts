import type { CommandSpec } from "../command-spec.ts";
import { TARGET_FLAGS } from "../flags.ts";

/** What is done with what was applied, and with the record of it. */
export const RECORDING: readonly CommandSpec[] = [
  {
    name: "runs",
    summary: "list the runs on a host, show one, or follow it",
    about:
      "Lists what was applied to the host, newest first: when, by whom, and what became of it. With --run one of them, with each of its changes.",
    flags: [...TARGET_FLAGS, "run", "follow", "prune", "keep"],
    examples: [
      { line: "hostkit runs --host app", does: "all of them" },
      { line: "hostkit runs --host app --follow", does: "the one that is at work, until it ends" },
      { line: "hostkit runs --host app --prune --keep 5", does: "remove the records of old ones" },
    ],
    load: async () => (await import("../../commands/runs.ts")).runs,
  },
  {
    name: "resume",
    summary: "finish a run that was cut off or stopped part way",
    about:
      "Makes what is left of the run, from what the host kept of it: no declaration is needed for that. What somebody else changed meanwhile is never overwritten; then the run is refused, and left as it is.",
    flags: [...TARGET_FLAGS, "yes", "wait"],
    examples: [{ line: "hostkit resume --host app", does: "see how far it came, and finish it" }],
    load: async () => (await import("../../commands/resume.ts")).resume,
  },
  {
    name: "rollback",
    summary: "take a run back: plan, review, apply",
    about:
      "Plans what taking the last run back would change, from what it replaced, asks, and applies exactly that. What was changed again since the run is left alone, with a word.",
    flags: [...TARGET_FLAGS, "run", "full", "yes", "wait"],
    examples: [
      { line: "hostkit rollback --host app", does: "the last run that left something" },
      {
        line: "hostkit rollback --host app --run 20260102T030405-a1b2c3",
        does: "another one",
      },
    ],
    load: async () => (await import("../../commands/rollback.ts")).rollback,
  },
  {
    name: "forget",
    summary: "let go of resources without touching them",
    about:
      "Takes resources off the list of what HostKit manages on the host, protected ones too. They stay as they are; nothing but the list is changed. What is still declared is taken up again by the next push, so take it out of the declaration first.",
    flags: [...TARGET_FLAGS, "id", "yes", "wait"],
    examples: [
      { line: "hostkit forget --host app --id file:/etc/motd", does: "one resource" },
      {
        line: "hostkit forget --host app --id unit:a.service --id file:/srv/a",
        does: "several, all or none",
      },
    ],
    load: async () => (await import("../../commands/forget.ts")).forget,
  },
];
