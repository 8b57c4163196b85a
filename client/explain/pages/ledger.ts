import { EXIT } from "../../cli/exit-code.ts";
import { ends, type Pages, UNTOUCHED } from "../page.ts";

/** What HostKit manages on a host, and what is no longer declared. */
export const ledger: Pages = {
  HK4050: {
    title: "The ledger can't be read.",
    means:
      "ledger.json in the agent's directory says what HostKit owns on the host. It can't be understood, and what it says is never guessed.",
    causes: ["The disk lost part of it.", "Somebody edited it."],
    steps: [
      "Repair the file that the message names, or put a copy from a backup in its place.",
      "To begin with an empty one, move it away: what was made so far then stays when it is no longer declared.",
    ],
    host: UNTOUCHED,
    see: ["HK4051", "HK4056"],
  },
  HK4051: {
    title: "The ledger was written by a newer HostKit.",
    means:
      "The list of what HostKit owns has a format that this version does not know. Writing over it would lose what it says.",
    causes: ["A colleague or CI uses a newer HostKit than you."],
    steps: ["Update HostKit; `hostkit version` tells what you have. Then run the command again."],
    host: UNTOUCHED,
    see: ["HK4041", "HK4050"],
  },
  HK4052: {
    title: "A protected resource is no longer declared.",
    means:
      "The resource was declared with `protect: true`, which the host remembers, and the declaration has lost it. The whole plan is refused.",
    causes: [
      "It was deleted by mistake, or an import or a condition dropped it.",
      "The wrong declaration or branch is pushed to this host.",
    ],
    steps: [
      "Declare it again.",
      "To give it up: push once with `protect: false`, then without it. Or let go of it as it is: `hostkit forget --host NAME --id ID`.",
    ],
    host: ends("Unchanged.", EXIT.refused),
    see: ["HK4054", "HK1040"],
  },
  HK4053: {
    title: "What is no longer declared can't be looked at.",
    means:
      "Something in the ledger is to be removed or let go of, and reading it on the host met the problem that the message tells.",
    causes: [
      "Something of another type is at its path by now.",
      "systemd or the account tools can't be used.",
    ],
    steps: [
      "Put right what the message tells.",
      "To leave it as it is: `hostkit forget --host NAME --id ID`. Then plan again.",
    ],
    host: UNTOUCHED,
    see: ["HK4011", "HK4013"],
  },
  HK4054: {
    title: "Another declaration manages this so far.",
    means:
      "The ledger says that what this declaration has belongs to another project or host name. Applying the plan takes it over.",
    causes: [
      "The project or host was renamed, or resources moved between projects.",
      "Two declarations have the same thing: then each push would undo the other's.",
    ],
    steps: [
      "If it moves, go on, and remove it from the other declaration. If not, answer no and keep one of the two.",
    ],
    host: ends("A warning of the plan."),
    see: ["HK4057"],
  },
  HK4055: {
    title: "A directory was filled after the plan was made.",
    means:
      "A directory was to be removed, and somebody put something into it meanwhile. It was left with all that is in it, and is no longer managed.",
    causes: ["A service that was about to stop wrote once more.", "A person works there."],
    steps: ["Look at what is in it; remove it by hand if nobody needs it."],
    host: ends("A warning: the run goes on, and the directory stays."),
    see: ["HK4023"],
  },
  HK4056: {
    title: "An entry of the ledger can't be understood.",
    means:
      "A resource is in the ledger and no longer declared, and this version does not know what the ledger says of it. So it can't be removed rightly.",
    causes: ["A newer HostKit made it.", "The ledger was edited."],
    steps: [
      "Use the HostKit that made it, or declare it again.",
      "To leave it as it is: `hostkit forget --host NAME --id ID`.",
    ],
    host: UNTOUCHED,
    see: ["HK4050", "HK4051"],
  },
  HK4057: {
    title: "The ledger moved after the plan was made.",
    means:
      "The plan removes something, and meanwhile another run changed to whom it belongs, or protected it. The plan is not the truth any more.",
    causes: ["Another push came in between the review and the apply."],
    steps: ["`hostkit push --host NAME` plans and asks again."],
    host: ends("Unchanged.", EXIT.stale),
    see: ["HK4001", "HK4071"],
  },
  HK4058: {
    title: "The ledger has no such resource.",
    means: "`hostkit forget` was given the id of something that HostKit does not manage there.",
    causes: [
      "The id is misspelt; the message names the nearest.",
      "It belongs to another login: root's ledger is not that of other users.",
    ],
    steps: [
      "The message names the ledger; on the host, `cat /var/lib/hostkit/ledger.json` lists the ids.",
    ],
    host: UNTOUCHED,
    see: ["HK4070"],
  },
  HK4070: {
    title: "HostKit manages nothing on this host.",
    means:
      "The ledger is empty or was never written, so there is nothing that `hostkit forget` could let go of.",
    causes: ["The wrong host is meant.", "The pushes were made with another login."],
    steps: [
      "`hostkit runs --host NAME` shows what this login applied. Use the login that pushed, or `sudo: true` in the host's `ssh` options.",
    ],
    host: UNTOUCHED,
    see: ["HK4058"],
  },
  HK4071: {
    title: "The ledger moved after the review.",
    means:
      "What `hostkit forget` showed is not so any more: the resource belongs to another declaration by now, or is protected otherwise.",
    causes: ["A push came in between the question and the answer."],
    steps: ["`hostkit forget --host NAME --id ID` shows it as it is now, and asks again."],
    host: ends("Unchanged.", EXIT.stale),
    see: ["HK4057"],
  },
  HK4072: {
    title: "A run that was cut off has to come to its end first.",
    means:
      "What becomes of a run decides what HostKit manages. `hostkit forget` changes nothing on a host, so it does not settle runs, and waits for that.",
    causes: ["The host went down in the middle of a push."],
    steps: [
      "`hostkit resume --host NAME` finishes the run, `hostkit rollback --host NAME` takes it back. Then forget again.",
    ],
    host: ends("As the run left it; this command changed nothing.", EXIT.failed),
    see: ["HK4007"],
  },
};
