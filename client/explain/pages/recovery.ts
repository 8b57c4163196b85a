import { EXIT } from "../../cli/exit-code.ts";
import { ends, IN_RUN, NOT_TAKEN_BACK, type Pages, UNTOUCHED } from "../page.ts";

/** A run's record, and taking runs back or finishing them. */
export const recovery: Pages = {
  HK4005: {
    title: "A change could not be taken back.",
    means:
      "The run failed and was taken back. What the message names is not as it was before, though nothing refused outright.",
    causes: ["Something else on the host changes it too.", "A unit or account came back changed."],
    steps: [
      "Look at the resource on the host. What was there before is in the run's directory: `ls /var/lib/hostkit/runs/ID/preimages`.",
      "Put it right by hand, then `hostkit plan --host NAME`.",
    ],
    host: NOT_TAKEN_BACK,
    see: ["HK4021", "HK4046"],
  },
  HK4006: {
    title: "The run could not be recorded.",
    means:
      "Before the first change, all that an undo needs is written to the host. That failed, and what could not be taken back is not begun.",
    causes: ["The disk is full.", "/var is mounted read-only, after an error of the disk for one."],
    steps: [
      "On the host: `df -h /var/lib/hostkit`, `findmnt -T /var/lib/hostkit`.",
      "`hostkit runs --host NAME --prune --keep 5` frees the records of old runs. Then push again.",
    ],
    host: UNTOUCHED,
    see: ["HK4008", "HK2109"],
  },
  HK4007: {
    title: "The last run was cut off.",
    means:
      "A run never came to its end: its process was killed, or the host went down. The plan tells how far it came; some changes may be half made.",
    causes: ["A loss of power, a crash, or want of memory."],
    steps: [
      "`hostkit resume --host NAME` makes what is left. `hostkit rollback --host NAME` takes it back.",
      "`hostkit push --host NAME` settles it first, as its operator wanted it: unless told `--on-failure stop`, by taking it back.",
    ],
    host: ends("A warning of the plan. The host may be partly changed until the run is settled."),
    see: ["HK4043", "HK4045"],
  },
  HK4008: {
    title: "The record of the run could not be continued.",
    means:
      "In the middle of a run, what was done could not be written down any more. A run that can't be recorded does not go on.",
    causes: ["The run itself, or something beside it, filled the disk."],
    steps: ["On the host: `df -h /var/lib/hostkit`. Free space, then push again."],
    host: IN_RUN,
    see: ["HK4006", "HK4009"],
  },
  HK4009: {
    title: "The end of the run could not be recorded.",
    means:
      "The run came to its end, and what is told of it is true. Only its record lacks the end, so the next plan will call it cut off.",
    causes: ["The disk is full."],
    steps: [
      "Free space on the host, then `hostkit resume --host NAME`: it finds everything done, and writes the end.",
    ],
    host: ends("A warning: as the outcome says."),
    see: ["HK4007"],
  },
  HK4022: {
    title: "What was written could not be put on disk.",
    means:
      "The changes were made, and the disk refused to keep them. A loss of power could lose them, so the run counts as failed.",
    causes: ["The disk is failing.", "Storage over the network lost its connection."],
    steps: [
      "On the host: `journalctl -k -p err`. Save what matters before you go on; then push again.",
    ],
    host: IN_RUN,
    see: ["HK4020"],
  },
  HK4040: {
    title: "The record of a run can't be read.",
    means:
      "What the run did can't be told from its record, so it is neither finished nor taken back. Nobody guesses.",
    causes: ["The disk lost part of it in a crash.", "Somebody edited the run's directory."],
    steps: [
      "Look at the directory that the message names; preimages/ in it holds the files that were replaced.",
      "When the host is as it should be, set the run aside with the commands of the message, then `hostkit push --host NAME`.",
    ],
    host: ends("As the run left it; this command changed nothing.", EXIT.failed),
    see: ["HK4041", "HK4042"],
  },
  HK4041: {
    title: "A run was recorded by a newer agent.",
    means:
      "The record has a format that this version does not know. A wrong guess could damage the host.",
    causes: ["A colleague or CI uses a newer HostKit than you."],
    steps: ["Update HostKit; `hostkit version` tells what you have. Then run the command again."],
    host: ends("As the run left it; this command changed nothing.", EXIT.failed),
    see: ["HK4040", "HK4051"],
  },
  HK4042: {
    title: "A content of the run is damaged or missing on the host.",
    means: "The host keeps the contents of a run until it has ended. One is not what it should be.",
    causes: ["The disk lost part of it.", "Somebody removed it to free space."],
    steps: [
      "`hostkit push --host NAME`: contents are sent anew. Where `hostkit resume` met this, `hostkit rollback --host NAME` takes the run back.",
    ],
    host: IN_RUN,
    see: ["HK4040"],
  },
  HK4043: {
    title: "The last run stopped part way.",
    means: "A run failed, and was told `--on-failure stop`: what it had done is still there.",
    causes: ["A change failed and nobody decided yet what becomes of the rest."],
    steps: [
      "Mend what failed; `hostkit runs --host NAME` tells which run it was, and with `--run` what failed.",
      "`hostkit resume --host NAME` makes what is left, `hostkit rollback --host NAME` takes back what was done, `hostkit push --host NAME` goes on from what is there.",
    ],
    host: ends("A warning of the plan. The host is partly changed."),
    see: ["HK4007"],
  },
  HK4044: {
    title: "The run can't be finished: the host was changed after it was cut off.",
    means:
      "`hostkit resume` would overwrite what somebody else changed since. It never does, so the run is left as it is.",
    causes: ["Somebody mended the host by hand meanwhile."],
    steps: [
      "Look at what the message names. `hostkit push --host NAME` plans from what is there now; `hostkit rollback --host NAME` takes back what the run did.",
    ],
    host: ends("As the run left it; this command changed nothing.", EXIT.stale),
    see: ["HK4007", "HK4048"],
  },
  HK4045: {
    title: "The run was cut off.",
    means:
      "The run's process was killed or the host went down. This is told by what brought it to an end afterwards; the message says whether it was taken back, left, or had not begun.",
    causes: ["A loss of power, a crash, or want of memory."],
    steps: [
      "On the host: `journalctl -k -b -1` shows the end of the boot before.",
      "`hostkit plan --host NAME` shows what is left to do.",
    ],
    host: ends(
      "As the message says: as before (exit code 8, or 1 where nothing was begun), partly changed (7), or not all taken back (10).",
      EXIT.rolledBack,
      EXIT.failed,
      EXIT.partial,
      EXIT.rollbackFailed,
    ),
    see: ["HK4007", "HK3023"],
  },
  HK4046: {
    title: "A file that the run replaced was not kept whole.",
    means:
      "The copy of a file from before the run is missing or has another content, so it was not put back.",
    causes: [
      "A program that had the old file open wrote to it; the copy is the same file.",
      "Somebody removed the copy.",
    ],
    steps: [
      "Look at both paths in the message, and put the right one in place by hand. A backup may have it.",
    ],
    host: NOT_TAKEN_BACK,
    see: ["HK4005", "HK4024"],
  },
  HK4047: {
    title: "The run was made on another machine.",
    means:
      "The agent's directory tells of a run on a host with another machine id, so it says nothing about this one.",
    causes: ["A disk image or a backup was copied with /var/lib/hostkit in it."],
    steps: [
      "Set the run aside with the commands of the message, then `hostkit push --host NAME`.",
      "Remove /var/lib/hostkit before you make images; the key in it should not be shared either.",
    ],
    host: UNTOUCHED,
    see: ["HK4098"],
  },
  HK4048: {
    title: "Some of what the run changed was changed again since.",
    means:
      "A rollback takes back what is as the run left it. What is not belongs to somebody else or a later run by now, and stays.",
    causes: ["A later push changed the same resources.", "Somebody edited them by hand."],
    steps: [
      "To go further back, take later runs back first: `hostkit rollback --host NAME` without `--run`.",
      "Else put right by hand what the message names.",
    ],
    host: ends("A warning of the plan; what is listed is left as it is."),
    see: ["HK4063"],
  },
};
