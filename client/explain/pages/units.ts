import { ends, IN_RUN, type Pages, UNTOUCHED } from "../page.ts";

/** Units of systemd. */
export const units: Pages = {
  HK4300: {
    title: "The host has no running systemd to ask.",
    means: "Units are declared, and systemd is not the host's init or does not answer this login.",
    causes: ["A container, or a host with another init.", "The login is not root."],
    steps: [
      "`ps -p 1 -o comm=` on the host should say systemd; `systemctl is-system-running` should answer.",
      "Leave units out for this host, or log in as root or with `sudo: true`.",
    ],
    host: UNTOUCHED,
    see: ["HK4310"],
  },
  HK4301: {
    title: "The unit is masked.",
    means:
      "Somebody masked the unit on the host so that nothing starts it. That is not overridden.",
    causes: ["An administrator switched it off for good.", "A package masks it in its set-up."],
    steps: [
      "Find out why. If it should run: `systemctl unmask UNIT` on the host, then plan again.",
    ],
    host: UNTOUCHED,
    see: ["HK4302"],
  },
  HK4302: {
    title: "The unit's file is not a plain file.",
    means:
      "At the unit's path in /etc/systemd/system is a link, a directory, or something far too large, where HostKit would write a file. It is never removed silently.",
    causes: ["`systemctl enable /path/UNIT` or `systemctl link` made a link."],
    steps: [
      "`ls -l /etc/systemd/system/UNIT` on the host. `systemctl disable UNIT` removes links; then plan again.",
    ],
    host: UNTOUCHED,
    see: ["HK4011", "HK4303"],
  },
  HK4303: {
    title: "The unit is another name of a unit.",
    means:
      "On the host the declared name is an alias, and a file of its own would break it off: sshd.service and ssh.service on Debian, for one.",
    causes: ["The name that another distribution uses is declared."],
    steps: ["Declare the name that the message gives; then plan again."],
    host: UNTOUCHED,
    see: ["HK4306"],
  },
  HK4304: {
    title: "Something that comes first defines the unit.",
    means:
      "systemd takes the unit from a place that comes before /etc/systemd/system, so a file there would have no effect.",
    causes: ["A unit of `systemd-run` has this name.", "A generator makes it at boot."],
    steps: [
      "`systemctl cat UNIT` on the host shows where it comes from. Stop what made it, then plan again.",
    ],
    host: UNTOUCHED,
    see: ["HK4302"],
  },
  HK4305: {
    title: "systemd can't load the unit.",
    means:
      "The unit is on the host already, and systemd refuses it: its file or a drop-in has a mistake that it can't pass over.",
    causes: ["The file was edited by hand.", "A drop-in of somebody contradicts it."],
    steps: [
      "`systemd-analyze verify UNIT` and `systemctl cat UNIT` on the host show it. Correct the declaration or the drop-in.",
    ],
    host: UNTOUCHED,
    see: ["HK4313", "HK4340"],
  },
  HK4306: {
    title: "The unit does not exist on the host.",
    means:
      "A unit is declared without a content of its own, as one that a package brings, and the host has none of that name.",
    causes: ["The package is not installed.", "Its unit has another name on this distribution."],
    steps: [
      "`systemctl list-unit-files 'NAME*'` on the host. Install the package, correct the name, or declare what is in it.",
    ],
    host: UNTOUCHED,
    see: ["HK4303"],
  },
  HK4310: {
    title: "systemd does not answer any more.",
    means: "In the middle of a run systemctl got no answer, so a change of units was not finished.",
    causes: ["PID 1 or D-Bus hangs or was restarted.", "The host is out of memory."],
    steps: [
      "On the host: `systemctl is-system-running`, `systemctl status dbus`, `journalctl -p err -n 50`. Then push again.",
    ],
    host: IN_RUN,
    see: ["HK4300", "HK4330"],
  },
  HK4311: {
    title: "systemd did not finish in time.",
    means:
      "A call of systemctl was given up when its time was over. systemd may still carry it out.",
    causes: [
      "A unit takes long to start or stop (`TimeoutStopSec=`).",
      "A job waits for another that hangs.",
    ],
    steps: ["On the host: `systemctl list-jobs` shows what is waited for. Then push again."],
    host: IN_RUN,
    see: ["HK4315", "HK4317"],
  },
  HK4312: {
    title: "systemd refused a change of units.",
    means: "A call of systemctl for one or several units ended with an error, which is shown.",
    causes: [
      "A unit refuses to be started or stopped by hand (`RefuseManualStart=`).",
      "An `[Install]` section is missing for what is to be enabled.",
    ],
    steps: ["Correct what the message names, then push again. `systemctl status UNIT` tells more."],
    host: IN_RUN,
    see: ["HK4313"],
  },
  HK4313: {
    title: "systemd does not accept the unit's new file.",
    means:
      "systemd read the unit's new file and did not accept it. Nothing of the batch was started, stopped or restarted.",
    causes: [
      "A directive has a value that can't be used, and nothing caught it before.",
      "A drop-in on the host contradicts the new file.",
    ],
    steps: [
      "`systemd-analyze verify UNIT` on the host explains it while the file is there; else see the message. Correct the declaration, then push again.",
    ],
    host: IN_RUN,
    see: ["HK4305", "HK4340"],
  },
  HK4314: {
    title: "The unit did not reload.",
    means: "The unit still runs, with the configuration from before: its reload failed.",
    causes: ["The new configuration has a mistake that the program refuses."],
    steps: [
      "`journalctl -u UNIT -n 50` on the host. Correct the declaration, then push again; a `validate` on the file finds it beforehand.",
    ],
    host: IN_RUN,
    see: ["HK4030", "HK4334"],
  },
  HK4315: {
    title: "The unit did not stop.",
    means: "The unit is declared as not active, was told to stop, and is not stopped.",
    causes: [
      "A timer, a socket or another unit starts it again.",
      "It needs longer than its stop timeout.",
    ],
    steps: [
      "`systemctl list-dependencies --reverse UNIT` on the host shows who wants it. Declare that inactive as well.",
    ],
    host: IN_RUN,
    see: ["HK4311"],
  },
  HK4316: {
    title: "The unit was started too often.",
    means:
      "The unit failed so often in a short time that systemd refuses to start it again (`StartLimitBurst=`).",
    causes: ["It ends right after each start, and `Restart=` starts it again."],
    steps: [
      "`journalctl -u UNIT -n 50` on the host shows why it ends. Correct that; `systemctl reset-failed UNIT` lets it start at once. Then push again.",
    ],
    host: IN_RUN,
    see: ["HK4317"],
  },
  HK4317: {
    title: "The unit does not run.",
    means: "The unit was started, and is not running: it ended, or never came so far.",
    causes: [
      "The program is missing or not executable (status 203), or its user is (217).",
      "Its configuration is wrong, or its port is taken.",
      "It is isolated from something that it needs (226, or permission denied).",
    ],
    steps: [
      "The message has the end of its journal. On the host: `systemctl status UNIT`, `journalctl -u UNIT -n 50`.",
      "Correct the cause, then push again.",
    ],
    host: IN_RUN,
    see: ["HK4085", "HK4316"],
  },
  HK4340: {
    title: "The host's systemd would not take the unit as declared.",
    means:
      "systemd-analyze verify of the host judged the unit before anything was changed, and found what would not work.",
    causes: [
      "A directive is misspelt: it is nearly one that this systemd knows.",
      "A command of the unit is not there, or a value can't be read.",
    ],
    steps: ["The message has what it said. Correct the declaration, then push again."],
    host: UNTOUCHED,
    see: ["HK4341", "HK4030"],
  },
  HK4341: {
    title: "The host's systemd has doubts about a unit.",
    means:
      "systemd of the host leaves out something of the unit that it does not know, as it does with directives of later versions. The unit works without.",
    causes: ["The host's systemd is older than the directive."],
    steps: [
      "`systemctl --version` on the host. Decide whether the unit may run without; else leave it out, or update the host.",
    ],
    host: ends("A warning: the run goes on."),
    see: ["HK4340"],
  },
};
