import type { Command } from "../commands/command.ts";
import { type FlagName, SELECTION_FLAGS, TARGET_FLAGS } from "./flags.ts";

/** One command as help and parser know it; its code is loaded only when it runs. */
export interface CommandSpec {
  readonly name: string;
  readonly summary: string;
  /** What it does, in full sentences. */
  readonly about: string;
  readonly flags: readonly FlagName[];
  /** Words behind its name, in order; one in brackets may be left out: `FILE`, `[SHELL]`. Absent: it takes none. */
  readonly words?: readonly string[];
  readonly examples: readonly { readonly line: string; readonly does: string }[];
  load(): Promise<Command>;
}

export const COMMANDS: readonly CommandSpec[] = [
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
    load: async () => (await import("../commands/init.ts")).init,
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
    load: async () => (await import("../commands/check.ts")).check,
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
    load: async () => (await import("../commands/dump.ts")).dump,
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
    load: async () => (await import("../commands/render.ts")).render,
  },
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
    load: async () => (await import("../commands/facts.ts")).facts,
  },
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
    load: async () => (await import("../commands/plan.ts")).plan,
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
    load: async () => (await import("../commands/show.ts")).show,
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
    load: async () => (await import("../commands/sign.ts")).sign,
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
    load: async () => (await import("../commands/apply.ts")).apply,
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
    load: async () => (await import("../commands/push.ts")).push,
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
    load: async () => (await import("../commands/audit.ts")).audit,
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
    load: async () => (await import("../commands/read.ts")).read,
  },
  {
    name: "resume",
    summary: "finish a run that was cut off or stopped part way",
    about:
      "Makes what is left of the run, from what the host kept of it: no declaration is needed for that. What somebody else changed meanwhile is never overwritten; then the run is refused, and left as it is.",
    flags: [...TARGET_FLAGS, "yes", "wait"],
    examples: [{ line: "hostkit resume --host app", does: "see how far it came, and finish it" }],
    load: async () => (await import("../commands/resume.ts")).resume,
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
    load: async () => (await import("../commands/rollback.ts")).rollback,
  },
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
    load: async () => (await import("../commands/runs.ts")).runs,
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
    load: async () => (await import("../commands/forget.ts")).forget,
  },
  {
    name: "schema",
    summary: "print the JSON Schema of what other programs read",
    about:
      "Prints the schema (draft 2020-12) of a plan file, of a manifest or of a line of --json, made of what HostKit itself checks with. It is the same for every file of the version that it names.",
    words: ["NAME"],
    flags: [],
    examples: [
      { line: "hostkit schema plan", does: "of what hostkit plan --out writes" },
      { line: "hostkit schema manifest", does: "of what hostkit dump prints" },
      { line: "hostkit schema events", does: "of what --json writes" },
    ],
    load: async () => (await import("../commands/schema.ts")).schema,
  },
  {
    name: "explain",
    summary: "tell all about a code such as HK4010",
    about:
      "Tells what the code of a problem means, its usual causes, what to do, and what state the host is in. Without a code it lists all of them. Contacts no host.",
    flags: [],
    words: ["[CODE...]"],
    examples: [
      { line: "hostkit explain HK4010", does: "one code; hk4010 and 4010 are the same" },
      { line: "hostkit explain", does: "every code with its summary" },
    ],
    load: async () => (await import("../commands/explain.ts")).explain,
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
    load: async () => (await import("../commands/doctor.ts")).doctor,
  },
  {
    name: "completion",
    summary: "print what a shell needs to complete this",
    about:
      "Prints a script for bash, zsh or fish that completes commands, flags and their values, and codes. It runs nothing and reads no declaration. A shell starts faster when the script is saved where it looks for it: for bash ~/.local/share/bash-completion/completions/hostkit, for zsh a file _hostkit in a directory of fpath, for fish ~/.config/fish/completions/hostkit.fish. Print it anew after an update.",
    flags: [],
    words: ["[SHELL]"],
    examples: [
      { line: "hostkit completion bash", does: "in ~/.bashrc: source <(hostkit completion bash)" },
      {
        line: "hostkit completion zsh",
        does: "in ~/.zshrc, behind compinit: source <(hostkit completion zsh)",
      },
      {
        line: "hostkit completion fish",
        does: "in config.fish: hostkit completion fish | source",
      },
    ],
    load: async () => (await import("../commands/completion.ts")).completion,
  },
  {
    name: "version",
    summary: "print the version",
    about: "Prints the version of HostKit; with -v also what it runs on.",
    flags: [],
    examples: [{ line: "hostkit version", does: "the version" }],
    load: async () => (await import("../commands/version.ts")).version,
  },
];
