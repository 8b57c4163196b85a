import type { CommandSpec } from "../command-spec.ts";

/** What is done with a declaration alone: no host is contacted. */
export const DECLARING: readonly CommandSpec[] = [
  {
    name: "init",
    summary: "write a declaration to begin with",
    about:
      "Writes hostkit.config.ts in the working directory, or the file --config names. It passes `hostkit check`. A file that exists is never overwritten.",
    flags: [],
    examples: [
      { line: "hostkit init", does: "write hostkit.config.ts here" },
      { line: "hostkit init --config hosts/web.ts", does: "write another file" },
    ],
    load: async () => (await import("../../commands/init.ts")).init,
  },
  {
    name: "check",
    summary: "check the declaration; contacts no host",
    about:
      "Compiles the declaration for every host and reports everything that is wrong with it: values, references, order.",
    flags: [],
    examples: [
      { line: "hostkit check", does: "check hostkit.config.ts" },
      { line: "hostkit check --json", does: "for editors and CI" },
    ],
    load: async () => (await import("../../commands/check.ts")).check,
  },
  {
    name: "dump",
    summary: "print the manifest as JSON; contacts no host",
    about:
      "Prints what the declaration comes to for a host. With one host it is an object, with several a list of objects; with --json one event for each host.",
    flags: ["host"],
    examples: [
      { line: "hostkit dump --host app", does: "the manifest of one host" },
      { line: "hostkit dump", does: "of every host" },
    ],
    load: async () => (await import("../../commands/dump.ts")).dump,
  },
  {
    name: "render",
    summary: "print the content a resource will have; contacts no host",
    about:
      "Prints exactly what a file, a unit, a link or the authorized keys of an account will hold, and of others the fields. Nothing else goes to stdout, and no line break is added. Secrets are never looked up: (not shown) stands for each. Where hosts get different contents, --host says which is meant.",
    flags: ["host"],
    words: ["ID"],
    examples: [
      { line: "hostkit render file:/etc/motd", does: "what the file will hold" },
      { line: "hostkit render unit:api.service --host app", does: "the unit of one host" },
    ],
    load: async () => (await import("../../commands/render.ts")).render,
  },
];
