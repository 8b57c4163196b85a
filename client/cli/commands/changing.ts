import type { CommandSpec } from "../command-spec.ts";
import { SELECTION_FLAGS, TARGET_FLAGS } from "../flags.ts";

/** From a plan to what it makes of a host. */
export const CHANGING: readonly CommandSpec[] = [
  {
    name: "plan",
    summary: "show what push would change; changes nothing",
    about:
      "Reads the host and shows each change that would make it as declared. With --ssh or --local, --host says whose declaration the machine gets, and the rest of how to log in; it may be left out when one host is declared. --quiet shows a line for each change, --full every line of everything; destructive changes come first. In json, several hosts are a list.",
    flags: [
      ...TARGET_FLAGS,
      ...SELECTION_FLAGS,
      "full",
      "graph",
      "format",
      "exitCode",
      "out",
      "sign",
    ],
    examples: [
      { line: "hostkit plan --host app", does: "one host" },
      {
        line: "hostkit plan --all --exit-code",
        does: "every host; ends with 2 when there are changes",
      },
      { line: "hostkit plan --local", does: "this machine" },
      { line: "hostkit plan --host app --service api", does: "a part of what is declared" },
      { line: "hostkit plan --host app --out plan.json", does: "save it, to be applied as it is" },
      { line: "hostkit plan --all --format markdown", does: "a comment for a pull request" },
      { line: "hostkit plan --host app --graph --format dot", does: "for Graphviz: | dot -Tsvg" },
    ],
    load: async () => (await import("../../commands/plan.ts")).plan,
  },
  {
    name: "show",
    summary: "show what a plan file holds; contacts no host",
    about:
      "Checks that the file is whole and as it was written, and shows its plan as hostkit plan did, with where and when it was made.",
    words: ["FILE..."],
    flags: ["full", "graph", "format", "allowedSigners"],
    examples: [
      { line: "hostkit show plan.json", does: "what it would change" },
      { line: "hostkit show plan.json --format markdown", does: "for a pull request" },
      { line: "hostkit show plan.json --json", does: "the same for programs" },
    ],
    load: async () => (await import("../../commands/show.ts")).show,
  },
  {
    name: "sign",
    summary: "add a signature to a plan file",
    about:
      "Signs the file's digest, and with it all that the file holds, as `ssh-keygen -Y sign -n hostkit-plan` would. A file can have signatures of several people. What is signed is what hostkit show shows.",
    words: ["FILE..."],
    flags: ["sign"],
    examples: [
      { line: "hostkit sign plan.json --sign ~/.ssh/id_ed25519", does: "by a key file" },
      { line: "hostkit sign plan.json --sign ~/.ssh/id_ed25519.pub", does: "by the SSH agent" },
    ],
    load: async () => (await import("../../commands/sign.ts")).sign,
  },
  {
    name: "apply",
    summary: "apply exactly what a plan file holds, or refuse",
    about:
      "Takes a plan that hostkit plan --out saved to the host it was made on, which makes it again: if it would be another one by now, nothing is changed, and what moved is shown. A plan takes effect once. No declaration is needed; the values of secrets are looked up here, and without a target the host is reached as it was when it was planned. Treat a plan file as you would a program: whoever can edit it decides what is done with your login.",
    words: ["FILE..."],
    flags: [
      "host",
      "ssh",
      "local",
      "full",
      "yes",
      "dryRun",
      "allowedSigners",
      "allowCommands",
      "onFailure",
      "wait",
      "confirmTimeout",
    ],
    examples: [
      { line: "hostkit apply plan.json", does: "review once more, and apply" },
      { line: "hostkit apply plan.json --yes", does: "in CI, after somebody agreed to the file" },
      { line: "hostkit apply plan.json --dry-run", does: "see whether it still holds" },
    ],
    load: async () => (await import("../../commands/apply.ts")).apply,
  },
  {
    name: "push",
    summary: "plan, review, apply",
    about:
      "Shows the plan, asks, and applies exactly what was shown. Several hosts are planned first, reviewed together, then changed side by side. Without a terminal, --yes is needed. With --service, --only or --except it is a part of the declaration: the plan says what came along or had to be left out, and nothing is removed.",
    flags: [
      ...TARGET_FLAGS,
      ...SELECTION_FLAGS,
      "full",
      "yes",
      "dryRun",
      "onFailure",
      "wait",
      "confirmTimeout",
    ],
    examples: [
      { line: "hostkit push --host app", does: "review and apply" },
      { line: "hostkit push --all --yes", does: "every host, without asking" },
      {
        line: "hostkit push --host app --only file:/etc/motd",
        does: "one resource and what it relies on",
      },
    ],
    load: async () => (await import("../../commands/push.ts")).push,
  },
];
