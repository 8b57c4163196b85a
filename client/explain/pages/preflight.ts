import { EXIT } from "../../cli/exit-code.ts";
import { ends, type Pages, UNTOUCHED } from "../page.ts";

/** What would go wrong in a run, and is found while planning. */
export const preflight: Pages = {
  HK4120: {
    title: "A path goes through a link that this push changes.",
    means:
      "What is declared below a link lies where the link leads. This push makes the link, or leads it elsewhere, so the path means one place now and another one afterwards, and something is at one of them.",
    causes: [
      "A file is declared below the link to the version in use, and another version comes into use.",
      "The link is new, and where it will lead there is such a file already.",
    ],
    steps: [
      "Declare the resource under its real path, which the message names. Or push what lies below the link first, and the link afterwards.",
    ],
    host: UNTOUCHED,
    see: ["HK4011", "HK1054"],
  },
  HK4121: {
    title: "A unit's program is missing.",
    means:
      "What a unit's `ExecStart=` runs is neither on the host nor declared, so systemd can't start it. It is an error where the push would start the unit, and a warning where the unit is only written.",
    causes: [
      "The program was never declared, or comes with a package that is not installed.",
      "The path is misspelt.",
      "The program was declared before and is not any more, so that the same push removes it.",
    ],
    steps: ["Declare the file, install the package, or correct the path; then push again."],
    host: ends(
      "Unchanged. As a warning of the plan it does not keep the push from going on.",
      EXIT.failed,
    ),
    see: ["HK4122", "HK4123"],
  },
  HK4122: {
    title: "A unit's user or group does not exist.",
    means:
      "The `User=` or `Group=` of a unit neither exists on the host nor is declared. It is an error where the push would start the unit, and a warning where the unit is only written. Where users come from a directory service as well, nothing is said.",
    causes: ["The account is not declared.", "Its name is misspelt."],
    steps: ["Declare the account or group, or choose one that exists; then push again."],
    host: ends(
      "Unchanged. As a warning of the plan it does not keep the push from going on.",
      EXIT.failed,
    ),
    see: ["HK4010", "HK4121"],
  },
  HK4123: {
    title: "A port that a unit is to listen on is taken.",
    means:
      "The push would start a unit that is declared to listen on a port, and another program listens there already. The message says which. It is a warning where both might work: UDP, the two kinds of IP, a service that the same push changes, a socket of systemd's.",
    causes: [
      "A program that a package has started, such as another web server.",
      "An earlier copy of the service that was started by hand.",
    ],
    steps: ["Stop the other program, or declare another port or address; then push again."],
    host: ends(
      "Unchanged. As a warning of the plan it does not keep the push from going on.",
      EXIT.failed,
    ),
    see: ["HK1051"],
  },
  HK4124: {
    title: "A file system that the plan writes to is read-only.",
    means: "What is mounted where the push would write does not take any writes.",
    causes: [
      "It is mounted read-only, as an image or a snapshot is.",
      "The kernel made it read-only after errors of the disk.",
    ],
    steps: ["Look at `dmesg` and `findmnt`; remount it writable, or declare another path."],
    host: UNTOUCHED,
    see: ["HK4125"],
  },
  HK4125: {
    title: "There is no room for what the plan writes.",
    means:
      "The contents that the push would write, with what the run keeps to be able to take them back, do not fit on a file system.",
    causes: ["The disk is full.", "It has no inodes left: very many small files."],
    steps: [
      "Look at `df -h` and `df -i`, and free some. `hostkit runs --prune` removes records of old runs with the files they kept.",
    ],
    host: UNTOUCHED,
    see: ["HK4020"],
  },
};
