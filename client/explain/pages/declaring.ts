import { EXIT } from "../../cli/exit-code.ts";
import { DECLARED, ends, type Pages } from "../page.ts";

/** How builders are used, and what they read of the operator's machine. */
export const declaring: Pages = {
  HK1023: {
    title: "A name can't be used.",
    means:
      "A name or path that a resource would be known by is not one that the host, systemd or sshd would take.",
    causes: [
      "A character that is not allowed there, or a path that does not begin with /.",
      "A user name that would have more than 32 characters, being made of prefix and service.",
    ],
    steps: [
      "Choose another name. For a service's account, a shorter `prefix`, or `user` in the options of the service. Then `hostkit check`.",
    ],
    host: DECLARED,
    see: ["HK1021"],
  },
  HK1024: {
    title: "A service's account is declared too late.",
    means:
      "Files, storage and daemons of a service belong to its account from the call of `s.account` on. Something was declared before it, and would belong to root.",
    causes: ["`s.account` stands below `s.file`, `s.storage` or `s.daemon`."],
    steps: [
      "Make `s.account` the first call of the service; the message names what came before it. Then `hostkit check`.",
    ],
    host: DECLARED,
    see: ["HK1072"],
  },
  HK1025: {
    title: "A command can't be built.",
    means:
      "`argv` puts a command together from texts, numbers and handles, and one of them has no meaning as an argument.",
    causes: [
      "An object or `undefined` is given where a text belongs.",
      "An option whose name ends in `port` is given a listener, which stands for address and port.",
    ],
    steps: [
      "Give it a text, a number or a handle; the port of a listener is its `.port`. Then `hostkit check`.",
    ],
    host: DECLARED,
    see: ["HK1021"],
  },
  HK1026: {
    title: "A root is not declared.",
    means:
      "Paths of a service are built below roots of the project, such as `config` and `data`. One was asked for that the project does not have.",
    causes: ["The name is misspelt in `s.path` or `s.storage`; the message lists those there are."],
    steps: ["Correct it, or add it to `roots` in the options of `project`. Then `hostkit check`."],
    host: DECLARED,
    see: ["HK1053"],
  },
  HK1027: {
    title: "A builder was used in a way it does not allow.",
    means:
      "Each value is fine by itself, and the call can't mean anything: it comes too late, where nothing is declared any more, or says two things at once.",
    causes: [
      "A builder is called from a timer, a promise or a callback, after the project was complete.",
      "Storage is given both `under` and `path`, or lies in /run, which every boot empties.",
      "A service is given something else than a function.",
    ],
    steps: ["Do what the message says, then `hostkit check`."],
    host: DECLARED,
    see: ["HK1005", "HK1082"],
  },
  HK1030: {
    title: "A local file can't be read.",
    means:
      "The content of a resource is to come from a file on this machine, which is missing or can't be read.",
    causes: [
      "Paths of `fromFile` start from the file they are written in, not from the working directory.",
      "It is built, and the build was not run; or it is not in version control.",
    ],
    steps: [
      "Make the file that the message names, or correct the path. Then `hostkit check`, which reads all of them.",
    ],
    host: DECLARED,
    see: ["HK1031", "HK1046"],
  },
  HK1031: {
    title: "A local file changed after it was read.",
    means:
      "The plan names contents by their digests. A file had another content when it was to be sent than when the plan was made, so it is not what was reviewed.",
    causes: ["A build or an editor wrote to it between the review and the apply."],
    steps: ["Let the build end, then `hostkit push --host NAME` and review again."],
    host: ends(
      "Unchanged: contents are complete on the host before the first change.",
      EXIT.config,
    ),
    see: ["HK1030", "HK3010"],
  },
  HK1040: {
    title: "What is to be let go of is still declared.",
    means:
      "A resource was named to `hostkit forget` that the declaration still has. Its next push would take it up again, as something that was there before HostKit.",
    causes: ["The declaration was not changed first, or is that of another branch."],
    steps: [
      "Answer no, take it out of the declaration, then `hostkit forget --host NAME --id ID` again.",
      "Most resources need no forgetting: `hostkit plan --host NAME` shows what happens to one that is not declared any more.",
    ],
    host: ends("A warning: you are asked before anything is let go of, unless `--yes` is given."),
    see: ["HK4052", "HK4058"],
  },
  HK1041: {
    title: "A template can't be filled in.",
    means:
      "Names in `{{ }}` of a template file and the values it is given do not match: each name needs a value, and each value a place.",
    causes: ["A name is misspelt on one side.", "The template lost a place, or got a new one."],
    steps: [
      "Correct the template or the values; the message names the line. Then `hostkit check`.",
    ],
    host: DECLARED,
    see: ["HK1030"],
  },
  HK1042: {
    title: "An environment belongs to another service.",
    means:
      "What `s.env` returns is a file that the group of its own service can read, and no other. A daemon or job of another service was given it.",
    causes: ["The handle was kept in a variable outside the service."],
    steps: [
      "Declare an environment in each service with `s.env`; share the values in a constant. Then `hostkit check`.",
    ],
    host: DECLARED,
    see: ["HK1021"],
  },
  HK1043: {
    title: "A generated secret needs a name.",
    means:
      "A generated secret has its value by its name; without one, by the place where it is used. The same one is used in two places, and its value would depend on which comes first.",
    causes: ["The result of `secret.generate()` is used in two files, or in two keys."],
    steps: [
      'Name it: `secret.generate({ name: "session-key" })`. Where a value is in use already, the new name makes a new one.',
    ],
    host: DECLARED,
    see: ["HK4098"],
  },
  HK1044: {
    title: "A document can't hold what is declared.",
    means:
      "The format of the file (dotenv, INI, YAML, TOML or JSON) has no way to write a value, or would read back another one.",
    causes: [
      "`null` in TOML, a nested object in dotenv or INI, a name that the format can't write.",
      "A function, `undefined` in a list, or a number that is not finite.",
    ],
    steps: ["Change the value, or use another format. Then `hostkit check`."],
    host: DECLARED,
    see: ["HK1048", "HK4100"],
  },
  HK1045: {
    title: "A secret is not set.",
    means:
      "A resource needs a secret from an environment variable that is not set where HostKit runs. Secrets are looked up before any host is contacted.",
    causes: [
      "The shell was started without it; `sudo` drops variables.",
      "CI hands secrets only to some branches or jobs.",
    ],
    steps: [
      "Set the variable that the message names, then run the command again. `hostkit check` needs no secrets, `hostkit plan --host NAME` does.",
    ],
    host: DECLARED,
    see: ["HK1046", "HK1047", "HK1048"],
  },
  HK1046: {
    title: "A secret can't be read.",
    means: "A file on this machine was to hold a secret, and is missing, unreadable or too large.",
    causes: [
      "It was not unlocked or mounted.",
      "Its owner is another user than the one HostKit runs as.",
    ],
    steps: [
      "Look at the path in the message. Relative ones start from the declaration. At most 64 KiB are read; bytes have to be UTF-8.",
    ],
    host: DECLARED,
    see: ["HK1045", "HK4096"],
  },
  HK1047: {
    title: "A command that prints a secret failed.",
    means:
      "`secret.command` runs a program of this machine for what it prints. It is missing, ended with an error, took more than two minutes or printed more than 64 KiB.",
    causes: [
      "The password store is locked, or its session has ended.",
      "The program is not on this machine's PATH.",
    ],
    steps: [
      "Run the command by hand in the directory of the declaration; its output is not shown here. Then run HostKit again.",
    ],
    host: DECLARED,
    see: ["HK1045", "HK1048"],
  },
  HK1048: {
    title: "The value of a secret can't be used.",
    means:
      "A secret was found and is empty, has a NUL character, or does not fit where it is declared to be: a line break in an INI file, for one.",
    causes: [
      "A variable is set to nothing, as CI does with secrets that a job may not have.",
      "A key or certificate of several lines is put where one line belongs.",
    ],
    steps: ["Correct the value at its source, or put it into a format or file that can hold it."],
    host: DECLARED,
    see: ["HK1045", "HK4100"],
  },
};
