import { EXIT } from "../../cli/exit-code.ts";
import { DECLARED, ends, type Pages } from "../page.ts";

/** Schedules, listeners, isolation, readiness and what is to be observed. */
export const services: Pages = {
  HK1050: {
    title: "A schedule would never start anything.",
    means:
      "systemd would take the timer, and it would never elapse: its times never come, or it counts from a start that nothing brings about.",
    causes: [
      "`repeatAfter` alone: it counts from the last start, and there is no first one.",
      "A calendar expression for a day that no year has, such as `*-02-30`.",
    ],
    steps: [
      "Use `every`, `daily` or a calendar expression, or add to `repeatAfter` what begins it. `systemd-analyze calendar` on any host shows when an expression elapses.",
    ],
    host: DECLARED,
    see: ["HK1021"],
  },
  HK1051: {
    title: "Two listeners would share an address.",
    means:
      "Two services of one host listen on the same port and address, or on the same socket. Only the first to start would get it.",
    causes: [
      "A port was copied along with a service.",
      "One listens on all addresses (`0.0.0.0`, `::`), which includes the other's.",
    ],
    steps: [
      "Give one of them another port or address, or bind the services to different hosts. Then `hostkit check`.",
    ],
    host: DECLARED,
    see: ["HK1014", "HK1052"],
  },
  HK1052: {
    title: "Two units would share a directory in /run.",
    means:
      "systemd makes a directory in /run for a daemon with a socket, and removes it when that daemon stops. With two daemons, the first to stop takes the socket of the other away.",
    causes: ["Two daemons of one service listen on sockets given by name."],
    steps: [
      "Give the sockets of one of them whole paths, in a directory that you declare. Then `hostkit check`.",
    ],
    host: DECLARED,
    see: ["HK1051", "HK1053"],
  },
  HK1053: {
    title: "Two storages would share a directory.",
    means:
      "Two storages of a service come to the same path, so that two parts of it would write over each other, or one storage was declared twice.",
    causes: ["Two roots of the project are the same directory.", "A line was copied."],
    steps: [
      "Keep one, or tell them apart: another root in `roots` of `project`, or `under` or `path` of one of them.",
    ],
    host: DECLARED,
    see: ["HK1026", "HK1052"],
  },
  HK1054: {
    title: "A link would lead nowhere.",
    means:
      "A link has to lead somewhere (`mustExist`; `current` of a release has it), and its target is neither on the host nor declared.",
    causes: [
      "The files of a release are brought by other means, and were not yet.",
      "The version in the declaration is misspelt, or was cleaned up on the host.",
    ],
    steps: [
      "Put the target there first, or declare it: `files` of the release, or the directory. Then `hostkit plan --host NAME`.",
    ],
    host: ends("Unchanged: the plan is refused.", EXIT.failed),
    see: ["HK4011", "HK4012"],
  },
  HK1070: {
    title: "A path that a service is given is not declared.",
    means:
      "`isolate` of a service names a path that nothing declared makes. Where it is missing, systemd does not start the unit at all (status 226, NAMESPACE).",
    causes: [
      "The directory is made by hand or by a package.",
      "It is declared for other hosts only; the message names those that lack it.",
    ],
    steps: [
      "Declare it with `s.storage` or `s.directory`, also where it exists already.",
      'Where it may be missing: `isolate: { directives: { ReadWritePaths: ["-/the/path"] } }`.',
    ],
    host: DECLARED,
    see: ["HK1072", "HK1074"],
  },
  HK1071: {
    title: "A directive of isolation is not known.",
    means:
      "`isolate.directives` takes directives of systemd that confine a service or limit what it uses. This one is none of them, so systemd would leave it out and the service would be open.",
    causes: [
      "It is misspelt; the message names the nearest.",
      "It has nothing to do with isolation.",
    ],
    steps: ["Correct it, or move it to `service` of the daemon. Then `hostkit check`."],
    host: DECLARED,
    see: ["HK4341"],
  },
  HK1072: {
    title: "A service's storage is declared too late.",
    means:
      "A unit that does not say what it may write gets all storage of its service that was declared before it. This storage comes after it, and could not be written; nobody would notice before it fails.",
    causes: ["`s.storage` stands below `s.daemon` or `s.job`."],
    steps: ["Move it up, or say `isolate: { writable: […] }` on the unit. Then `hostkit check`."],
    host: DECLARED,
    see: ["HK1024", "HK1070"],
  },
  HK1073: {
    title: "A program can't run as strictly as it is isolated.",
    means:
      "Node, Java and their like make machine code while they run. The strict profile forbids memory that is written and then executed, so they would end at once.",
    causes: ["A daemon runs `node`, `java`, `dotnet`, `bun` or `deno` under the default profile."],
    steps: ['Say `isolate: "web"`, or `isolate: { jit: true }`. Then `hostkit check`.'],
    host: DECLARED,
    see: ["HK1074", "HK1075"],
  },
  HK1074: {
    title: "A service can't see what it runs.",
    means:
      "The program or the working directory of a unit lies where its own isolation hides things: homes are hidden, /tmp is its own, and `hidden` names more.",
    causes: ["The program was tried out in a home directory and left there."],
    steps: [
      "Move it to a place such as /opt, or name it in `isolate: { readable: […] }`. Then `hostkit check`.",
    ],
    host: DECLARED,
    see: ["HK1070", "HK1075"],
  },
  HK1075: {
    title: "Options of isolation contradict each other.",
    means:
      "What `isolate` says can't all hold: a path is to be hidden and used, a home is used that the profile hides as a whole, or a program is to become root whose system calls are filtered.",
    causes: ["Options were added to a profile that says the opposite."],
    steps: ["Leave one of the two out; the message names them. Then `hostkit check`."],
    host: DECLARED,
    see: ["HK1074"],
  },
  HK1080: {
    title: "A check is never run.",
    means:
      "A readiness is run after what it waits for has changed. It waits for nothing, so no push would ever run it.",
    causes: ["`of` is an empty list, or `p.readiness` names no unit."],
    steps: ["Name units with `of`, or anything else with `dependsOn`. Then `hostkit check`."],
    host: DECLARED,
    see: ["HK1081"],
  },
  HK1081: {
    title: "A readiness is declared before what it waits for.",
    means:
      "`s.ready` waits for the daemons of its service that were declared before it, and there are none yet.",
    causes: ["`s.ready` stands above `s.daemon`."],
    steps: ["Move it below the daemons, or name units with `of`. Then `hostkit check`."],
    host: DECLARED,
    see: ["HK1011", "HK1080"],
  },
  HK1082: {
    title: "An option has no meaning here.",
    means:
      "The option exists, and this kind of resource has no use for it, so it is refused rather than passed over.",
    causes: [
      "`onRemove` or `protect` on something that leaves nothing behind, such as a readiness.",
    ],
    steps: ["Remove it, then `hostkit check`."],
    host: DECLARED,
    see: ["HK1020"],
  },
  HK1083: {
    title: "What is to be observed is said too late.",
    means:
      "`s.logs`, `s.telemetry` and `p.observability` hold for what is declared after them. Something stands before the call, which it would not hold for.",
    causes: ["The call stands at the end of the project or service."],
    steps: ["Move it up, or give it to the daemons as an option. Then `hostkit check`."],
    host: DECLARED,
    see: ["HK1084"],
  },
  HK1084: {
    title: "What is to be observed is said twice.",
    means:
      "`p.observability` was called twice in one project. Merging the two would hide which value wins.",
    causes: ["Two modules of the declaration each call it."],
    steps: ["Put all of it into one call, then `hostkit check`."],
    host: DECLARED,
    see: ["HK1083"],
  },
};
