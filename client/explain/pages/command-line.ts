import { EXIT } from "../../cli/exit-code.ts";
import { ends, MISUSED, type Pages } from "../page.ts";

/** How HostKit is run. */
export const commandLine: Pages = {
  HK5000: {
    title: "The command line can't be understood.",
    means: "The words and flags do not fit together: one is too many, or a value is missing.",
    causes: ["A flag that takes a value stands at the end.", "A value with spaces is not quoted."],
    steps: ["`hostkit COMMAND --help` shows examples."],
    host: MISUSED,
    see: ["HK5001", "HK5002"],
  },
  HK5001: {
    title: "There is no such command.",
    means: "The first word is none of HostKit's commands.",
    causes: ["It is misspelt; the message names the nearest.", "Another version has it."],
    steps: ["`hostkit --help` lists the commands, `hostkit version` tells the version."],
    host: MISUSED,
    see: ["HK5002"],
  },
  HK5002: {
    title: "There is no such flag.",
    means: "The command does not have the flag, or the flag stands before the command's name.",
    causes: ["It is misspelt; the message names the nearest.", "It belongs to another command."],
    steps: [
      "`hostkit COMMAND --help` lists the flags. Only those of every command may stand before its name.",
    ],
    host: MISUSED,
    see: ["HK5000"],
  },
  HK5003: {
    title: "A flag has a value that can't be used.",
    means: "The flag exists, and its value is of another form than it takes.",
    causes: [
      "A duration without a unit: `--wait 30` instead of `--wait 30s`.",
      "An id of a run or a resource is cut short.",
    ],
    steps: ["The message says what it takes. `hostkit COMMAND --help` shows examples."],
    host: MISUSED,
    see: ["HK5004"],
  },
  HK5004: {
    title: "An environment variable has a value that can't be used.",
    means:
      "Each flag can be given by a variable, `HOSTKIT_COLOR` for `--color`. One that is set has a value that its flag would not take.",
    causes: ["A switch is set to something else than 1, true, yes, on, 0, false, no or off."],
    steps: ["`env | grep HOSTKIT_` lists them. Correct or unset the one that the message names."],
    host: MISUSED,
    see: ["HK5003"],
  },
  HK5005: {
    title: "No target was named.",
    means: "The command works on hosts and was not told on which. None is ever assumed.",
    causes: ["`--host` was forgotten."],
    steps: [
      "`hostkit plan --host NAME` for a declared host, `--all` for every one, `--ssh USER@HOST` for an address, `--local` for this machine.",
    ],
    host: MISUSED,
    see: ["HK5007", "HK5008"],
  },
  HK5006: {
    title: "Flags contradict each other.",
    means:
      "Two flags were given that can't both hold, or one was given twice that takes one value.",
    causes: ["`--all` with `--host`, or `--ssh` with `--local`.", "`--prune` with `--run`."],
    steps: ["Keep one of those that the message names."],
    host: MISUSED,
    see: ["HK5005"],
  },
  HK5007: {
    title: "A flag names a host that is not declared.",
    means:
      "`--host` has a name that the declaration does not have; or `--all` finds no host in it.",
    causes: ["The name is misspelt; the message lists those there are.", "Another file is meant."],
    steps: [
      "`hostkit check -v` tells which declaration is read. `--config FILE` names another one.",
    ],
    host: MISUSED,
    see: ["HK1006", "HK5008"],
  },
  HK5008: {
    title: "It is not clear which host's declaration is meant.",
    means:
      "`--ssh` and `--local` name a machine. The declaration has several hosts, or none, and nothing says which of them the machine is.",
    causes: ["`--host` was left out, which is possible only with one declared host."],
    steps: ["Add it: `hostkit plan --local --host NAME`."],
    host: MISUSED,
    see: ["HK5005", "HK5007"],
  },
  HK5009: {
    title: "A confirmation is needed, and nobody can be asked.",
    means:
      "The command asks before it changes anything, and there is no terminal, or `--json` is given, or CI is set.",
    causes: ["It runs in CI, from cron or in a pipe."],
    steps: [
      "Look at the plan first: `hostkit plan --host NAME`. Then `hostkit push --host NAME --yes`, or set `HOSTKIT_YES=1`.",
    ],
    host: MISUSED,
    see: ["HK5011"],
  },
  HK5010: {
    title: "A secret has no value.",
    means: "The login takes a password from a secret, which could not be looked up.",
    causes: ["The variable is not set here, or the file or command is missing."],
    steps: ["The message tells why. Set it, or use a key; then run the command again."],
    host: ends("Unchanged: there was no login.", EXIT.unreachable),
    see: ["HK1045", "HK2021"],
  },
  HK5011: {
    title: "A flag that is needed is missing.",
    means: "The command can't do anything without the flag that the message names.",
    causes: ["`hostkit forget` was given no `--id`."],
    steps: ["`hostkit forget --host NAME --id file:/etc/motd`, for one. `--help` shows examples."],
    host: MISUSED,
    see: ["HK5005"],
  },
  HK5020: {
    title: "The file exists already.",
    means: "`hostkit init` never overwrites a file.",
    causes: ["The directory has a declaration already."],
    steps: [
      "`hostkit check` tells whether it is sound. `hostkit init --config FILE` writes another one.",
    ],
    host: ends("Not concerned; the file was left as it was.", EXIT.failed),
    see: ["HK5021"],
  },
  HK5021: {
    title: "The file can't be written.",
    means: "`hostkit init` could not write the declaration.",
    causes: ["The directory does not exist or belongs to another user.", "The disk is full."],
    steps: ["See to what the message names, or choose another path: `hostkit init --config FILE`."],
    host: ends("Not concerned.", EXIT.failed),
    see: ["HK5020"],
  },
  HK5030: {
    title: "It is not known what was changed.",
    means:
      "A run had begun when the connection was lost, and the host could not be reached again for minutes. The run goes on without a connection as long as the host is up.",
    causes: [
      "The host went down, or the network did.",
      "The push locked you out: then it is taken back by itself, after a minute unless told otherwise.",
    ],
    steps: [
      "Do not push again at once. When the host can be reached: `hostkit runs --host NAME --run ID --follow`.",
      "If it went down: `hostkit plan --host NAME` tells what was cut off, and how to go on.",
    ],
    host: ends("Not known: as before, partly or wholly changed.", EXIT.partial),
    see: ["HK2030", "HK4007", "HK4061"],
  },
  HK5031: {
    title: "There is no such code.",
    means: "`hostkit explain` was given a word that is no code of this version's diagnostics.",
    causes: ["Digits are mixed up; the message names the nearest.", "Another version has it."],
    steps: ["`hostkit explain` lists all codes, `hostkit explain HK4010` explains one."],
    host: MISUSED,
    see: ["HK5001"],
  },
  HK5032: {
    title: "No shell was named that completion is made for.",
    means:
      "`hostkit completion` prints a script for one shell, and has them for bash, zsh and fish.",
    causes: ["The name of the shell was left out, is misspelt, or is another one."],
    steps: [
      "`hostkit completion bash`, for one; `hostkit completion --help` says where it belongs.",
    ],
    host: MISUSED,
    see: ["HK5000"],
  },
  HK5086: {
    title: "There is no such schema.",
    means: "The word behind the command names none of the schemas there are.",
    causes: ["It is misspelt; the message names the nearest, and lists all."],
    steps: [
      "`hostkit schema plan` prints that of plan files, `hostkit schema manifest` that of manifests, `hostkit schema events` that of the lines of `--json`.",
    ],
    host: MISUSED,
    see: ["HK3044"],
  },
};
