import { IN_RUN, NOT_TAKEN_BACK, type Pages } from "../page.ts";

/** Units, when a run is taken back. */
export const unitsUndone: Pages = {
  HK4330: {
    title: "systemd does not answer, and was not told what was taken back.",
    means:
      "Files and links of the unit are as before the run. systemd did not answer, so it may still go by those of the run.",
    causes: ["PID 1 or D-Bus hangs, which may be why the run failed."],
    steps: [
      "On the host: `systemctl is-system-running`. When it answers: `systemctl daemon-reload`, then `systemctl status UNIT`.",
    ],
    host: NOT_TAKEN_BACK,
    see: ["HK4310", "HK4331"],
  },
  HK4331: {
    title: "systemd did not read the units again that were put back.",
    means: "Files and links are as before, and `systemctl daemon-reload` failed after that.",
    causes: ["systemd is short of memory, or a generator hangs."],
    steps: [
      "Run `systemctl daemon-reload` on the host and see to what it says, then `systemctl status UNIT`.",
    ],
    host: NOT_TAKEN_BACK,
    see: ["HK4330"],
  },
  HK4332: {
    title: "A unit that did not run before could not be stopped again.",
    means: "The run had started the unit. It was to be stopped again, and runs all the same.",
    causes: ["A timer, a socket or another unit starts it again."],
    steps: [
      "`systemctl list-dependencies --reverse UNIT` on the host shows who wants it. Stop that, then `systemctl stop UNIT`.",
    ],
    host: NOT_TAKEN_BACK,
    see: ["HK4315"],
  },
  HK4333: {
    title: "A unit that ran before does not run any more.",
    means:
      "The unit was started again with what was there before the run, and does not run. A service is down that was up.",
    causes: [
      "Its file or program had been replaced or removed on the host while it ran.",
      "Data that the run's version wrote is not understood by the old one.",
    ],
    steps: [
      "On the host: `journalctl -u UNIT -n 50`. See to what it says, then `systemctl restart UNIT`.",
    ],
    host: NOT_TAKEN_BACK,
    see: ["HK4317"],
  },
  HK4334: {
    title: "A unit did not reload what was put back.",
    means:
      "The configuration is as before, and the unit may still go by what it reloaded during the run.",
    causes: ["The reload is refused by the program, or takes too long."],
    steps: ["On the host: `journalctl -u UNIT -n 50`, then `systemctl reload UNIT`."],
    host: NOT_TAKEN_BACK,
    see: ["HK4314"],
  },
  HK4335: {
    title: "The links that make units enabled could not be read.",
    means:
      "To enable or disable a unit so that it can be taken back, its links have to be known beforehand. They could not be listed.",
    causes: ["find(1) is missing on the host or fails.", "A directory of units can't be read."],
    steps: ["On the host: `find /etc/systemd/system -type l | head`. Mend that, then push again."],
    host: IN_RUN,
    see: ["HK4006"],
  },
};
