import { DECLARED, ends, type Pages } from "../page.ts";

/** Finding, compiling and evaluating a declaration, and what its resources are to each other. */
export const declaration: Pages = {
  HK1000: {
    title: "No declaration was found.",
    means:
      "Without `--config`, HostKit takes the nearest hostkit.config.ts from the working directory upward. There is none, or the file that was named is not one that can be read.",
    causes: [
      "The command was run in another directory than usual, from cron or CI for example.",
      "`HOSTKIT_CONFIG` names a file that has moved.",
    ],
    steps: [
      "Change to the project's directory, or name the file: `hostkit check --config FILE`.",
      "In a new project, `hostkit init` writes one.",
    ],
    host: DECLARED,
    see: ["HK1001"],
  },
  HK1001: {
    title: "The declaration does not compile.",
    means:
      "The TypeScript of the declaration, or of a file that it imports, could not be bundled. Types are not checked here: this is about syntax and imports.",
    causes: [
      "A bracket or comma is missing, often after a merge.",
      "An import names a file or a package that is not there: `npm ci` was not run.",
    ],
    steps: ["Correct the line that is shown, then `hostkit check`. An editor shows the same."],
    host: DECLARED,
    see: ["HK1007", "HK1008"],
  },
  HK1002: {
    title: "The declaration failed while it was evaluated.",
    means:
      "The code of the declaration ran and threw. The place is the line that threw, traced back through the source map.",
    causes: [
      "A builder is misspelt (`p.fille is not a function`); the message then says which is meant.",
      "The declaration reads a file or a variable of its own that is missing here.",
    ],
    steps: [
      "Correct the line that is shown, then `hostkit check`. What the declaration prints with `console` goes to stderr, which helps to find it.",
    ],
    host: DECLARED,
    see: ["HK1003", "HK1027"],
  },
  HK1003: {
    title: "The declaration did not end in time.",
    means:
      "A declaration only computes, and has ten seconds for it. It was stopped, having neither ended nor failed.",
    causes: [
      "A loop without an end.",
      "Work that belongs elsewhere, such as a build or a synchronous download.",
    ],
    steps: [
      "Move slow work before HostKit, to a script that writes files, and read these with `fromFile`. Then `hostkit check`.",
    ],
    host: DECLARED,
    see: ["HK1005"],
  },
  HK1004: {
    title: "The declaration does not export a project.",
    means:
      "The file was evaluated, and its default export is missing or is not what `project` returns.",
    causes: [
      "`export default` is missing before `project(…)`, or a named export is used.",
      "`--config` names a module of the project instead of the declaration itself.",
    ],
    steps: [
      'End the file with `export default project("name", (p) => { … });`, then `hostkit check`.',
    ],
    host: DECLARED,
    see: ["HK1000", "HK1005"],
  },
  HK1005: {
    title: "The declaration is asynchronous.",
    means:
      "A declaration is evaluated in one go. It uses `await`, gives an async function to a builder, or exports a promise; what would come after the first `await` would be lost.",
    causes: ["A file, a secret or an API is waited for."],
    steps: [
      "Read files with `fromFile` or the synchronous calls of node:fs, and secrets with `secret.env`, `secret.file` or `secret.command`.",
      "Make the functions given to `project` and `p.service` ordinary ones, then `hostkit check`.",
    ],
    host: DECLARED,
    see: ["HK1027"],
  },
  HK1006: {
    title: "The host is not declared.",
    means:
      "The declaration compiled, and the host that was asked for is not among those it declares, so there is nothing to say of it.",
    causes: ["A name is misspelt, or the host was renamed.", "Another declaration is meant."],
    steps: [
      "`hostkit check` tells how many hosts there are, `hostkit dump` prints each with its name.",
      'Declare it with `p.host("name", { at: "address" })`, or correct the name.',
    ],
    host: DECLARED,
    see: ["HK5007", "HK5008"],
  },
  HK1007: {
    title: "A module of the declaration can't be loaded.",
    means:
      "All that a declaration imports is compiled into one script beforehand. A module was asked for while it ran, by a name that could not be known then, or as a part of `hostkit` that this version does not have.",
    causes: [
      "`require(name)` or `import(name)` with a name that is computed.",
      "A part such as `hostkit/…` of another version.",
    ],
    steps: ["Import it by a fixed text, `import … from`, then `hostkit check`."],
    host: DECLARED,
    see: ["HK1001"],
  },
  HK1008: {
    title: "The compiler warns about the declaration.",
    means:
      "The declaration can be used, and the compiler found code in it that most likely does not do what it says.",
    causes: [
      "The same key twice in an object: the first value is lost.",
      "A comparison that is always false, or a member that is assigned and not there.",
    ],
    steps: ["Look at the line that is shown; what it declares may not be what is meant."],
    host: ends("A warning: the command goes on."),
    see: ["HK1001"],
  },
  HK1010: {
    title: "Two resources manage the same thing.",
    means:
      "Two resources of one host would write the same path, so each would undo the other with every push.",
    causes: [
      "A file is declared for the project and again in a service.",
      "A file and a link, or a document and a plain file, have the same path.",
    ],
    steps: ["Keep one of the two; the message names both places. Then `hostkit check`."],
    host: DECLARED,
    see: ["HK1013", "HK1014"],
  },
  HK1011: {
    title: "A dependency is not declared.",
    means:
      "A resource depends on another, reads it or waits for it, by an id that this host does not have.",
    causes: [
      "The other one is declared for other hosts only (`hosts`).",
      "An id was written by hand in `dependsOn` and is misspelt.",
      "A readiness names a unit that HostKit does not declare.",
    ],
    steps: [
      "Declare it for the same host, or leave the dependency out. Handles instead of ids turn misspellings into type errors. Then `hostkit check`.",
    ],
    host: DECLARED,
    see: ["HK1012", "HK1081"],
  },
  HK1012: {
    title: "Resources depend on each other in a circle.",
    means:
      "No order satisfies all dependencies. The message lists the circle, each step with its reason: `declared` was written in `dependsOn`, the others follow from what the resources are.",
    causes: ["A `dependsOn` says the opposite of what follows from paths, owners or units."],
    steps: ["Remove one of the steps, most likely a `declared` one, then `hostkit check`."],
    host: DECLARED,
    see: ["HK1011"],
  },
  HK1013: {
    title: "A resource is declared twice, and differently.",
    means:
      "One id has two declarations on the same host that do not agree. Equal ones would be taken for one.",
    causes: [
      "Two services declare a shared directory or group, each with a mode or owner of its own.",
      "A resource for all hosts and one for this host overlap.",
    ],
    steps: [
      "Keep one, or make the options that the message names equal. What several services share is best declared once and passed as a handle.",
    ],
    host: DECLARED,
    see: ["HK1010"],
  },
  HK1014: {
    title: "A name is declared twice.",
    means:
      "Hosts, services, listeners and monitors are told apart by their names, and one name was given twice. The message names both places.",
    causes: ["A block was copied and its name was left.", "A loop makes the same name twice."],
    steps: ["Rename or remove one of the two, then `hostkit check`."],
    host: DECLARED,
    see: ["HK1010", "HK1051"],
  },
  HK1020: {
    title: "An option is not known.",
    means:
      "A builder was given an option that it does not have. Unknown options are refused, since one that is misspelt would else have no effect without a word.",
    causes: ["It is misspelt; the message names the nearest.", "It belongs to another builder."],
    steps: ["Correct or remove it, then `hostkit check`. Editors complete the options there are."],
    host: DECLARED,
    see: ["HK1021", "HK1022", "HK1082"],
  },
  HK1021: {
    title: "An option has a value that can't be used.",
    means:
      "The option exists and its value is of the wrong kind or form. The message says what it must be, and what it is, unless it may be confidential.",
    causes: [
      'A mode as decimal number or text (`mode: 0o640` or `"0640"` is right).',
      "A path that does not begin with /, a duration without a unit, a calendar expression that systemd would refuse.",
    ],
    steps: ["Write it as the message says, then `hostkit check`."],
    host: DECLARED,
    see: ["HK1020", "HK1022", "HK1023"],
  },
  HK1022: {
    title: "A required option is missing.",
    means: "A builder can't do without an option that it was not given, or was given `undefined`.",
    causes: ["It was forgotten.", "It comes from a variable or a constant that is unset here."],
    steps: ["Add it; the message says what it must be. Then `hostkit check`."],
    host: DECLARED,
    see: ["HK1020", "HK1021"],
  },
};
