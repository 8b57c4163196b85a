import type { CommandSpec } from "../command-spec.ts";
import { SELECTION_FLAGS, TARGET_FLAGS } from "../flags.ts";

/** What looks at a host and changes nothing. */
export const LOOKING: readonly CommandSpec[] = [
  {
    name: "facts",
    summary: "show what the agent knows of a host",
    about: "Asks the host about itself. Changes nothing.",
    flags: [...TARGET_FLAGS, "sections"],
    examples: [
      { line: "hostkit facts --host app", does: "everything" },
      {
        line: "hostkit facts --ssh root@192.0.2.7 --only os,memory",
        does: "two sections, by address",
      },
    ],
    load: async () => (await import("../../commands/facts.ts")).facts,
  },
  {
    name: "read",
    summary: "show what a host has of what is declared; changes nothing",
    about:
      "Shows each declared resource as it is on the host: absent, or present with its fields. Contents are told by size and digest, values in documents with -v, or --full, and nothing of what may be secret. What can't be managed as it is has its reason on its line. Like audit it has no way to change anything.",
    flags: [...TARGET_FLAGS, ...SELECTION_FLAGS, "full"],
    examples: [
      { line: "hostkit read --host app", does: "a line for each resource" },
      { line: "hostkit read --host app --service api", does: "of one service, and what it needs" },
      { line: "hostkit read --host app --full", does: "all that is known of them" },
    ],
    load: async () => (await import("../../commands/read.ts")).read,
  },
  {
    name: "audit",
    summary: "tell what is not as declared, and whose doing it is",
    about:
      "Compares three things: the host, what was last applied to it, and the declaration. What somebody changed on the host is told apart from what was declared and not applied yet, and from what is both. It can't change anything: the agent answers it without a way to write, takes no lock and makes no record; a run that was cut off is told, and left alone. The agent itself is uploaded where the host does not have it yet.",
    flags: [...TARGET_FLAGS, ...SELECTION_FLAGS, "full", "exitCode"],
    examples: [
      { line: "hostkit audit --host app", does: "one host" },
      { line: "hostkit audit --all --exit-code", does: "every host; ends with 2 when any drifted" },
    ],
    load: async () => (await import("../../commands/audit.ts")).audit,
  },
  {
    name: "doctor",
    summary: "find out what keeps HostKit from working, here and on a host",
    about:
      "Looks at this machine: Node.js, the agents, the declaration, keys, known hosts, secrets, variables. With a target also at each stage of the way to it, and at the host. The first stage that fails says why and what to do; what is behind it is not checked. Secrets are looked up and not shown; those that a command gives are not run. Nothing is changed on a host but that the agent is uploaded where it is missing. Ends with 1 when a check fails; warnings are not failures.",
    flags: TARGET_FLAGS,
    examples: [
      { line: "hostkit doctor", does: "this machine" },
      { line: "hostkit doctor --host app", does: "and the way to a host, and the host" },
      { line: "hostkit doctor --ssh root@192.0.2.7", does: "a host that is not declared" },
    ],
    load: async () => (await import("../../commands/doctor.ts")).doctor,
  },
];
