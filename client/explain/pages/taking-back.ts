import { EXIT } from "../../cli/exit-code.ts";
import { ends, IN_RUN, NOT_TAKEN_BACK, type Pages, UNTOUCHED } from "../page.ts";

/** Confirmations, rollbacks, and what somebody else changed meanwhile. */
export const takingBack: Pages = {
  HK4002: {
    title: "A change did not take effect.",
    means:
      "Everything is read again at the end of a run. A change was made without an error, and is not there, so it counts as failed.",
    causes: [
      "Something else on the host manages it too: cloud-init, another configuration tool, a timer.",
      "A tool said it had done it, and had not.",
    ],
    steps: [
      "Find who else writes it: `journalctl --since -5min` on the host, or `auditctl -w PATH -p wa`.",
      "Let one of the two manage it, then push again.",
    ],
    host: IN_RUN,
    see: ["HK4023"],
  },
  HK4021: {
    title: "The host refused to take a change back.",
    means:
      "The run failed, and the system refused to make a path as it was before. What could be taken back was.",
    causes: [
      "The disk is full or was remounted read-only.",
      "The path got the immutable flag, or became a mount point.",
    ],
    steps: [
      "Mend what the message names (`df -h`, `findmnt -T PATH`, `lsattr PATH`).",
      "`hostkit rollback --host NAME` tries again.",
    ],
    host: NOT_TAKEN_BACK,
    see: ["HK4005", "HK4020"],
  },
  HK4023: {
    title: "Somebody else changed a resource while the run was at work.",
    means:
      "Each thing is looked at once more right before it is changed. This one was not as at the beginning of the run, so it was left alone and the run ends.",
    causes: ["A package installation, another tool, or a person at work on the host."],
    steps: [
      "Find out who it was and let it end. Then `hostkit plan --host NAME` shows how things are now.",
    ],
    host: IN_RUN,
    see: ["HK4001", "HK4024"],
  },
  HK4024: {
    title: "Somebody else changed what a run made, before it was taken back.",
    means:
      "It is neither as before the run nor as the run left it, so taking it back would destroy somebody's work. It was left.",
    causes: ["A person or a tool edited it after the run."],
    steps: [
      "Look at it on the host. The message names where the file of before is kept; put that in its place if it should be as before.",
    ],
    host: NOT_TAKEN_BACK,
    see: ["HK4048", "HK4046"],
  },
  HK4049: {
    title: "A rollback can't be rolled back.",
    means: "`--run` names a run that itself took another one back. That has no undo of its own.",
    causes: ["The newest run of the list was taken for the last push."],
    steps: [
      "`hostkit push --host NAME` brings the declared state back.",
      "`hostkit runs --host NAME` tells which runs are rollbacks.",
    ],
    host: UNTOUCHED,
    see: ["HK4063"],
  },
  HK4060: {
    title: "The run does not wait for a confirmation.",
    means:
      "A run that could lock you out waits for a new connection. One came in to confirm a run that does not wait, or not any more.",
    causes: ["The time was over.", "The run has ended, or never needed a confirmation."],
    steps: ["`hostkit runs --host NAME --run ID` tells what became of it."],
    host: ends("As the run decided; this changed nothing.", EXIT.failed),
    see: ["HK4061"],
  },
  HK4061: {
    title: "The run was not confirmed in time.",
    means:
      "The run changed sshd, sudo, the network, the firewall or the account that logs in. No new connection came in after it, so it was taken back before it could lock you out.",
    causes: [
      "The change itself keeps you out: it did what this is for.",
      "Logging in takes longer than the time given.",
    ],
    steps: [
      "Read what kept the new connection out, printed above the outcome, and correct the declaration.",
      "If it was only slow: `hostkit push --host NAME --confirm-timeout 3m`.",
    ],
    host: ends(
      "As before (exit code 8); what could not be taken back is named (10).",
      EXIT.rolledBack,
      EXIT.rollbackFailed,
    ),
    see: ["HK2020", "HK4062"],
  },
  HK4062: {
    title: "What takes a dangerous change back could not be set up.",
    means:
      "Before a change that could lock you out, a watchdog is set that takes it back even if all else dies. It could not be set, or a kept file is not whole.",
    causes: ["systemd refuses a timer.", "A file changed while it was kept."],
    steps: [
      "See to what the message names (`systemctl is-system-running` on the host), then push again.",
    ],
    host: UNTOUCHED,
    see: ["HK4061"],
  },
  HK4063: {
    title: "There is nothing to take back.",
    means: "No recorded run left something on the host that is not taken back already.",
    causes: [
      "The run that is meant failed and was taken back then.",
      "Its record was removed by `--prune`, or belongs to another login.",
    ],
    steps: ["`hostkit runs --host NAME` lists what became of each run."],
    host: UNTOUCHED,
    see: ["HK3022", "HK4049"],
  },
  HK4064: {
    title: "The run is still at work.",
    means: "A run can be taken back when it has ended, and this one has not.",
    causes: ["It waits for a readiness or a confirmation.", "A colleague pushes just now."],
    steps: [
      "`hostkit runs --host NAME --follow` shows it to its end. Then `hostkit rollback --host NAME`.",
    ],
    host: ends("Being changed by that run; unchanged by this command.", EXIT.failed),
    see: ["HK4003"],
  },
};
