import { EXIT } from "../../cli/exit-code.ts";
import { ends, type Pages, UNTOUCHED } from "../page.ts";

/** Runs: starting, following, stopping and naming them. */
export const runs: Pages = {
  HK3020: {
    title: "The run could not be started.",
    means:
      "Changes are made by a process of its own, started through systemd, or in a session of its own where there is none. It could not be started.",
    causes: [
      "The disk is full.",
      "A policy forbids systemd to run programs below /var/lib (SELinux, fapolicyd).",
    ],
    steps: [
      "On the host: the `journalctl` line of the message, `df -h /var/lib`, `systemctl is-system-running`.",
      "Mend that, then `hostkit push --host NAME`.",
    ],
    host: UNTOUCHED,
    see: ["HK2124", "HK3021"],
  },
  HK3021: {
    title: "The run's process ended before it had begun.",
    means: "The process that was to make the changes was ended before it made the first.",
    causes: ["The kernel killed it for want of memory.", "The host was shut down."],
    steps: ["On the host: `journalctl -k -g oom`. Then `hostkit push --host NAME` again."],
    host: UNTOUCHED,
    see: ["HK3020", "HK3023"],
  },
  HK3022: {
    title: "There is no such run on the host.",
    means:
      "The host has no record of the run that was named: it never arrived as a whole, or its record was removed since.",
    causes: [
      "The id is misspelt, or is that of another host.",
      "`hostkit runs --host NAME --prune` removed it.",
    ],
    steps: ["`hostkit runs --host NAME` lists those there are. Records belong to one login each."],
    host: UNTOUCHED,
    see: ["HK3024", "HK4063"],
  },
  HK3023: {
    title: "The run's process was ended, and the one that took its place as well.",
    means:
      "When a run's process is killed, another settles the run. That one was killed too, so the run is open: some changes may be made and others not.",
    causes: ["Want of memory.", "Somebody or something kills processes of the host."],
    steps: [
      "On the host, find what ends them: `journalctl -k -g oom`, and the `journalctl` line of the message.",
      "Then `hostkit resume --host NAME` finishes the run, or `hostkit rollback --host NAME` takes it back.",
    ],
    host: ends("Partly changed; what was replaced is kept on the host.", EXIT.partial),
    see: ["HK4007", "HK4045"],
  },
  HK3024: {
    title: "No run is at work on the host.",
    means: "`--follow` shows a run that is at work, and none is.",
    causes: ["It has ended by now.", "It belongs to another login of the host."],
    steps: [
      "`hostkit runs --host NAME` tells how each ended, `hostkit runs --host NAME --run ID` each of its changes.",
    ],
    host: UNTOUCHED,
    see: ["HK3022"],
  },
  HK3025: {
    title: "There is no run to finish.",
    means: "`hostkit resume` finishes a run that was cut off or stopped. All runs came to an end.",
    causes: ["Somebody finished it, or a push or the boot of the host settled it."],
    steps: [
      "`hostkit runs --host NAME` tells what became of it, `hostkit plan --host NAME` what is left to do.",
    ],
    host: UNTOUCHED,
    see: ["HK4007", "HK4043"],
  },
  HK3026: {
    title: "There is a run of this name already.",
    means: "A new run was asked for under the name of one that the host has a record of.",
    causes: ["Chance, or a program that speaks HostKit's protocol."],
    steps: ["Run the command again: each push makes up a name of its own."],
    host: UNTOUCHED,
  },
  HK3030: {
    title: "The run was stopped.",
    means:
      "Somebody asked the run to stop, or the host was shut down. It stopped between two changes, and what it had done was dealt with as after a failure.",
    causes: ["Ctrl-C, or SIGTERM from CI.", "A shutdown or reboot of the host."],
    steps: [
      "The outcome says whether it was taken back. `hostkit push --host NAME` begins anew.",
      "With `--on-failure stop`: `hostkit resume --host NAME` goes on, `hostkit rollback --host NAME` takes it back.",
    ],
    host: ends(
      "As printed: as before, or part way with `--on-failure stop` (exit code 130); 10 where not everything could be taken back. After a shutdown, the boot settles it.",
      EXIT.interrupted,
      EXIT.rollbackFailed,
    ),
    see: ["HK4007", "HK4043"],
  },
  HK3031: {
    title: "The run needs a secret that it was not given.",
    means:
      "What is left of the run writes a secret that is looked up where HostKit runs, and is kept nowhere. It was not sent along.",
    causes: [
      "`hostkit resume` was run with `--ssh` or `--local` alone, or without the declaration.",
      "The variable or file is missing on this machine.",
    ],
    steps: [
      "`hostkit resume --host NAME` from the declaration, with the secret in place.",
      "Or `hostkit rollback --host NAME`, which needs no secrets.",
    ],
    host: ends("As the run left it; this attempt changed nothing.", EXIT.failed),
    see: ["HK1045", "HK4007"],
  },
  HK3032: {
    title: "The secrets could not be handed to the run.",
    means:
      "Secrets go from the agent to the run's process over a socket, so that no disk has them. It could not be used.",
    causes: [
      "The path of the socket has more than 107 characters, below a deep home directory.",
      "The run's process did not come in time.",
    ],
    steps: ["Log in as root, or with `sudo: true` in the host's `ssh` options; then push again."],
    host: UNTOUCHED,
    see: ["HK3020"],
  },
  HK4001: {
    title: "The host moved after the plan was made.",
    means:
      "Right before the first change everything is read again. Some of it is not as it was when you reviewed the plan, so the plan would not be the truth any more.",
    causes: [
      "Somebody, or a package upgrade, changed the host meanwhile.",
      "Another push came in between.",
    ],
    steps: [
      "Look at what the message names; the output shows what it would take now.",
      "`hostkit push --host NAME` plans and asks again.",
    ],
    host: ends("Unchanged.", EXIT.stale),
    see: ["HK4023", "HK4099"],
  },
  HK4003: {
    title: "Another run is changing the host.",
    means:
      "Only one run at a time may change a host. Another one holds the lock, and did not end while this one waited.",
    causes: ["A colleague or CI pushes.", "A run waits for a readiness or a confirmation."],
    steps: [
      "The message names the run. `hostkit runs --host NAME --follow` watches it.",
      "`hostkit push --host NAME --wait 5m` waits longer.",
    ],
    host: ends("Unchanged by this command.", EXIT.locked),
    see: ["HK4004", "HK4073"],
  },
  HK4004: {
    title: "The lock that keeps runs apart can't be taken.",
    means:
      "Without the lock two runs could change the host at once, so nothing is begun. It is a file in the agent's directory, held by flock(1).",
    causes: ["util-linux is missing on the host.", "The directory can't be written."],
    steps: [
      "On the host: `command -v flock` and `ls -ld /var/lib/hostkit`. Correct what is wrong, then push again.",
    ],
    host: UNTOUCHED,
    see: ["HK2107", "HK4003"],
  },
  HK4073: {
    title: "It was stopped before its turn came.",
    means:
      "The command waited for another run on the host to end, and was asked to stop while it did, or its client left.",
    causes: ["Ctrl-C while it waited."],
    steps: [
      "`hostkit runs --host NAME --follow` shows the other run. Try again when it has ended.",
    ],
    host: ends("Unchanged by this command.", EXIT.interrupted),
    see: ["HK4003"],
  },
};
