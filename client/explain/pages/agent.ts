import { EXIT } from "../../cli/exit-code.ts";
import { ends, type Pages, UNTOUCHED } from "../page.ts";

/** A client and an agent that talk to each other. */
export const agent: Pages = {
  HK3001: {
    title: "The agent failed in a way it should not.",
    means: "The agent met something that nobody foresaw. This is a bug in HostKit.",
    causes: ["A state of the host that no test has."],
    steps: [
      "`hostkit runs --host NAME` tells whether a run was at work and how it ended; `hostkit plan --host NAME` what is left to do.",
      "Report it with the text of the message.",
    ],
    host: ends(
      "Unchanged where it was only read or planned (exit code 1). A run that had begun ends like any that fails: taken back (8), left (7), or not all taken back (10).",
      EXIT.failed,
      EXIT.rolledBack,
      EXIT.partial,
      EXIT.rollbackFailed,
    ),
    see: ["HK4007"],
  },
  HK3002: {
    title: "The agent could not understand the client.",
    means: "The agent received something that is no message, and closed the connection.",
    causes: ["A proxy or a terminal on the way changes what is sent.", "A bug in HostKit."],
    steps: [
      "Run the command again; without jump host or proxy, if there is one.",
      "If it stays so, report it. `hostkit version -v` belongs to the report.",
    ],
    host: UNTOUCHED,
    see: ["HK3003", "HK3007"],
  },
  HK3003: {
    title: "The client could not understand the agent.",
    means:
      "HostKit received something that is no message of the agent, and closed the connection. A run that had begun goes on by itself.",
    causes: [
      "Something on the host writes to the agent's output.",
      "Something on the way changes it.",
    ],
    steps: [
      "`hostkit runs --host NAME` tells what became of a run.",
      "If it stays so, report it with the message.",
    ],
    host: ends(
      "Unchanged by what was asked (exit code 1). After a push, as `hostkit runs --host NAME` tells (7 with HK5030).",
      EXIT.failed,
      EXIT.partial,
    ),
    see: ["HK3004", "HK5030"],
  },
  HK3004: {
    title: "The agent ended before it answered.",
    means:
      "The process that HostKit talks to on the host is gone. It makes no changes itself: a run has a process of its own, which goes on.",
    causes: ["The kernel killed it for want of memory.", "The host was shut down."],
    steps: [
      "`hostkit runs --host NAME` tells how a run ended, `hostkit plan --host NAME` what is left.",
      "On the host: `journalctl -k -g oom`.",
    ],
    host: ends(
      "Unchanged by a plan (exit code 1). After a push, as `hostkit runs --host NAME` tells (7 with HK5030).",
      EXIT.failed,
      EXIT.partial,
    ),
    see: ["HK2125", "HK5030"],
  },
  HK3005: {
    title: "The agent stopped answering.",
    means: "Nothing came from the host for a while, not even an answer to whether it is there.",
    causes: ["The network swallows packets.", "The host is overloaded, or its disk hangs."],
    steps: [
      "`hostkit runs --host NAME --follow` finds a run that is at work; `hostkit plan --host NAME` shows what is left.",
      "If the host does not answer at all, look at its own console.",
    ],
    host: ends(
      "Unchanged by a plan (exit code 1). A run goes on without the connection (7 with HK5030).",
      EXIT.failed,
      EXIT.partial,
    ),
    see: ["HK2030", "HK5030"],
  },
  HK3006: {
    title: "The agent started but did not introduce itself.",
    means: "The agent's first line came, and its first message did not in time.",
    causes: ["The host is overloaded.", "The connection stalled right then."],
    steps: ["Look at the host's load (`ssh USER@HOST uptime`), then run the command again."],
    host: UNTOUCHED,
    see: ["HK2111", "HK3005"],
  },
  HK3007: {
    title: "The agent speaks another protocol version.",
    means:
      "Client and agent have no version of their protocol in common, so nothing could be agreed on.",
    causes: ["The binaries beside this client are of another build."],
    steps: [
      "`hostkit version -v` shows this client. Install one that is whole, or in a source tree `npm run build`.",
    ],
    host: UNTOUCHED,
    see: ["HK2100", "HK4051"],
  },
  HK3010: {
    title: "A content did not arrive as it was declared.",
    means: "What the host received for a file has another digest or size than the plan says.",
    causes: ["A local file changed while it was sent, by a build for one."],
    steps: ["Let builds end, then `hostkit push --host NAME` and review again."],
    host: ends("Unchanged: contents are complete before the first change.", EXIT.failed),
    see: ["HK1031"],
  },
  HK3011: {
    title: "The plan to apply was not made in this session.",
    means:
      "An apply names a plan by its digest, and the agent that was asked did not make that one. What nobody reviewed is not applied.",
    causes: ["A bug in HostKit, or a program that speaks its protocol."],
    steps: ["Plan again: `hostkit push --host NAME`. Report it if it happens twice."],
    host: UNTOUCHED,
    see: ["HK4001"],
  },
  HK3012: {
    title: "The client stopped sending.",
    means: "The agent waited for the contents of files, which did not come.",
    causes: ["The network stalled.", "This machine was suspended, or HostKit was (Ctrl-Z)."],
    steps: ["Check the connection, then `hostkit push --host NAME` again."],
    host: ends("Unchanged: contents are complete before the first change.", EXIT.failed),
    see: ["HK3013"],
  },
  HK3013: {
    title: "The client left before everything arrived.",
    means:
      "The connection ended while contents were sent, so the plan was never applied. It is told in the records of the host; the client that left can't see it.",
    causes: ["HostKit was ended, or the network broke."],
    steps: ["`hostkit push --host NAME` again."],
    host: ends("Unchanged: contents are complete before the first change.", EXIT.failed),
    see: ["HK2030", "HK3012"],
  },
  HK3014: {
    title: "A content could not be kept until it is needed.",
    means:
      "Contents that are too large for memory wait in a directory of the host until they are all there, and could not be written to it.",
    causes: ["The file system is full, or read-only."],
    steps: ["Free space in the directory that the message names (`df -h` there), then push again."],
    host: UNTOUCHED,
    see: ["HK2109", "HK4006"],
  },
};
