import type { CommandSpec } from "../command-spec.ts";

/** What HostKit tells of itself. */
export const TELLING: readonly CommandSpec[] = [
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
    load: async () => (await import("../../commands/schema.ts")).schema,
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
    load: async () => (await import("../../commands/explain.ts")).explain,
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
    load: async () => (await import("../../commands/completion.ts")).completion,
  },
  {
    name: "version",
    summary: "print the version",
    about: "Prints the version of HostKit; with -v also what it runs on.",
    flags: [],
    examples: [{ line: "hostkit version", does: "the version" }],
    load: async () => (await import("../../commands/version.ts")).version,
  },
];
