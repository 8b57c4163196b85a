import { ends, MISUSED, type Pages } from "../page.ts";

/** A part of a declaration, and things of it by name. */
export const selection: Pages = {
  HK1090: {
    title: "What is not selected reads what changes.",
    means:
      "A part of the declaration is planned, and a service that is not in it was started with a file that the part changes. The service is left as it is, and goes on with what it read.",
    causes: [
      "The file was selected by `--only`, which brings what it relies on, not what reads it.",
    ],
    steps: [
      "Select the service as well, with `--service NAME` or another `--only`, to have it restart now.",
      "Or leave it: the host remembers, and the next push that has the service restarts it.",
    ],
    host: ends("A warning of the plan."),
  },
  HK5065: {
    title: "What is named is not declared.",
    means:
      "A flag or a word names a resource or a service that the declaration does not have for the hosts that are meant.",
    causes: [
      "It is misspelt; the message names the nearest.",
      "It is declared for other hosts, which the message names.",
      "The id is without its kind: `file:/etc/motd`, not /etc/motd.",
    ],
    steps: ["`hostkit dump --host NAME` prints all that is declared for a host, by id."],
    host: MISUSED,
    see: ["HK5007"],
  },
  HK5066: {
    title: "What is selected is left out as well.",
    means:
      "`--except` leaves out what relies on the resource too, and that takes away something that `--only` names.",
    causes: ["The one relies on the other, maybe by way of others: an owner, a directory, a file."],
    steps: [
      "Keep one of the two flags.",
      "A service that is named by `--service` may lose some of what it declares.",
    ],
    host: MISUSED,
    see: ["HK5067"],
  },
  HK5067: {
    title: "Nothing is left of what is selected.",
    means:
      "All that was selected is left out again, so there would be nothing to plan on any host.",
    causes: [
      "What `--except` names is something that everything else relies on, such as an account.",
    ],
    steps: ["Leave out less, or select something else."],
    host: MISUSED,
    see: ["HK5066"],
  },
  HK5068: {
    title: "The hosts get different contents.",
    means:
      "The content that is to be printed differs from host to host, and only one can be printed at a time.",
    causes: ["It is declared for each host by itself, or made of values that differ."],
    steps: ["`hostkit render ID --host NAME` prints that of one host."],
    host: MISUSED,
    see: ["HK5065"],
  },
};
