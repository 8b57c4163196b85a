import { EXIT } from "../../cli/exit-code.ts";
import { ends, type Pages, UNTOUCHED } from "../page.ts";

const REFUSED = ends("Unchanged.", EXIT.refused);

/** Plans that are saved as files. */
export const planFiles: Pages = {
  HK3040: {
    title: "The file is no plan.",
    means: "The file was read, and is not what HostKit saves with `--out`.",
    causes: ["Another JSON file was named, such as the events of `--json`."],
    steps: [
      "`hostkit plan --host NAME --out FILE` writes a plan, `hostkit show FILE` shows what one holds.",
    ],
    host: REFUSED,
    see: ["HK5080", "HK3042"],
  },
  HK3041: {
    title: "The plan is of another version.",
    means:
      "The format of plan files has a version, and this HostKit reads another one. Nothing of the file is guessed.",
    causes: ["It was made by an older or newer HostKit, on another machine or in CI."],
    steps: [
      "`hostkit version` tells what you have. Make the plan again with it, or apply it with the HostKit that the message names.",
    ],
    host: REFUSED,
    see: ["HK3043", "HK3046"],
  },
  HK3042: {
    title: "The plan was changed after it was made.",
    means:
      "The file holds a digest of itself, and that does not fit any more. So it can't be told whether what was reviewed is what would be applied.",
    causes: [
      "Somebody edited it.",
      "A tool that was to format it changed more than white space and the order of keys, which do not count.",
    ],
    steps: [
      "If nobody should have touched it, find out who did.",
      "Make it again: `hostkit plan --host NAME --out FILE`, and hand it on as it is.",
    ],
    host: REFUSED,
    see: ["HK3044", "HK5084"],
  },
  HK3043: {
    title: "The plan has a kind that is not known.",
    means: "The plan has resources of a kind that this version of HostKit does not have.",
    causes: ["It was made by a newer HostKit."],
    steps: ["Update HostKit, or make the plan again: `hostkit plan --host NAME --out FILE`."],
    host: REFUSED,
    see: ["HK3041"],
  },
  HK3044: {
    title: "The plan contradicts itself.",
    means:
      "The digest of the file is right, and what it says in two places differs, or a part has a form that no HostKit writes. It was made that way.",
    causes: ["Another program wrote it, or somebody edited it and made up the digest anew."],
    steps: [
      "Do not apply it. Find out where it comes from, then make it again: `hostkit plan --host NAME --out FILE`.",
    ],
    host: REFUSED,
    see: ["HK3042"],
  },
  HK3045: {
    title: "The plan is for another host.",
    means:
      "The plan was made on a machine with another machine id, or for another host than the one that was named. A plan is true of one machine only.",
    causes: [
      "The host was reinstalled since, or its address leads elsewhere.",
      "The wrong target was named beside the file.",
    ],
    steps: [
      "`hostkit show FILE` tells for which host it was made. Name that one, or make a plan of this one.",
    ],
    host: REFUSED,
    see: ["HK5082", "HK2011"],
  },
  HK3046: {
    title: "The plan was made by an agent of another protocol.",
    means:
      "To apply a saved plan, the host makes it again and compares. Its agent now is of another protocol than the one that made it.",
    causes: ["HostKit was updated between the plan and the apply."],
    steps: [
      "Make the plan again: `hostkit plan --host NAME --out FILE`. Or apply it with the HostKit that made it.",
    ],
    host: REFUSED,
    see: ["HK3007", "HK3041"],
  },
  HK3047: {
    title: "The plan was applied already.",
    means: "A saved plan takes effect once, so that a job that is run again changes nothing twice.",
    causes: ["A CI job was repeated.", "A colleague applied the same file."],
    steps: [
      "`hostkit runs --host NAME` shows what became of it, `hostkit plan --host NAME` what is left to do.",
    ],
    host: ends("Unchanged by this command.", EXIT.refused),
    see: ["HK3045"],
  },
  HK5080: {
    title: "The plan file can't be read.",
    means: "The file is missing, unreadable, too large, or not whole JSON. Nothing was contacted.",
    causes: [
      "The path is misspelt, or the file lies in another job's directory.",
      "It was cut off while it was copied.",
    ],
    steps: [
      "`hostkit show FILE` reads it the same way. If it is damaged, `hostkit plan --host NAME --out FILE` writes it anew.",
    ],
    host: UNTOUCHED,
    see: ["HK3040"],
  },
  HK5081: {
    title: "The plan file can't be written.",
    means: "The plan was made, and could not be saved where `--out` says.",
    causes: ["The directory does not exist or belongs to another user.", "The disk is full."],
    steps: ["See to what the message names, or name another file with `--out`."],
    host: UNTOUCHED,
    see: ["HK5083"],
  },
  HK5082: {
    title: "The plan is not of this declaration.",
    means:
      "A declared target was named beside the file, and the plan is of another project or host than that.",
    causes: ["The wrong file or `--host` was given.", "The project was renamed since."],
    steps: [
      "Leave the target out: `hostkit apply FILE` reaches the host as it was when it was planned. Or name it by its address with `--ssh`.",
    ],
    host: ends("Unchanged, and not contacted.", EXIT.refused),
    see: ["HK3045"],
  },
  HK5083: {
    title: "The plan is too large for a file.",
    means:
      "A plan file holds the contents that the host lacks, so that nothing else is needed to apply it. They are more than a file may have.",
    causes: ["Large programs or archives are declared as files."],
    steps: [
      "Push without a file: `hostkit push --host NAME`. Or bring what is large to the host in another way.",
    ],
    host: UNTOUCHED,
    see: ["HK5081"],
  },
  HK5084: {
    title: "A content of the plan is missing or damaged.",
    means:
      "The plan needs the content of a file, and the plan file lacks it or holds other bytes than the digest says.",
    causes: ["A tool cut or changed the file.", "Somebody edited it."],
    steps: [
      "Take the file as it was written, or make it again: `hostkit plan --host NAME --out FILE`.",
    ],
    host: REFUSED,
    see: ["HK3042"],
  },
  HK5085: {
    title: "The plan has secrets that are printed by commands.",
    means:
      "Values of secrets are looked up on the machine that applies. Some are printed by commands that the file names, and a file should not decide what is run here.",
    causes: ["The declaration uses `secret.command`."],
    steps: [
      "Read the commands in the message. When you trust the file: `hostkit apply FILE --allow-commands`.",
    ],
    host: ends("Unchanged, and not contacted.", EXIT.refused),
    see: ["HK1047"],
  },
};
