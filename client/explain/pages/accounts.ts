import { EXIT } from "../../cli/exit-code.ts";
import { ends, IN_RUN, NOT_TAKEN_BACK, type Pages, PLANNED_OR_RUN } from "../page.ts";

/** Users, groups and their keys. */
export const accounts: Pages = {
  HK4200: {
    title: "The host can't run the tool that manages accounts.",
    means: "Accounts are changed by useradd(8) and its relatives, which could not be run.",
    causes: ["A small image without them."],
    steps: [
      "Install them on the host: the package is passwd on Debian and Ubuntu, shadow-utils on Fedora.",
      "Then push again.",
    ],
    host: IN_RUN,
    see: ["HK4208"],
  },
  HK4201: {
    title: "The gid is taken.",
    means:
      "A declared group has a fixed `gid` that another group has on the host. Two names for one number would share all files.",
    causes: ["A package took the number.", "Another host has it free, and this one has not."],
    steps: [
      "`getent group NUMBER` on the host tells who has it. Declare another `gid`, or leave it to the host.",
    ],
    host: PLANNED_OR_RUN,
    see: ["HK4202"],
  },
  HK4202: {
    title: "The uid is taken.",
    means:
      "A declared account has a fixed `uid` that another user has on the host. Two names for one number would share all files.",
    causes: ["A package or an earlier user took the number."],
    steps: [
      "`getent passwd NUMBER` on the host tells who has it. Declare another `uid`, or leave it to the host.",
    ],
    host: PLANNED_OR_RUN,
    see: ["HK4201"],
  },
  HK4203: {
    title: "A user or group that an account needs does not exist.",
    means:
      "An account is to be in a group that is neither on the host nor declared, or something removed what the tool needs after the plan was made.",
    causes: [
      "A group of a package that is not installed, such as docker.",
      "The name is misspelt.",
    ],
    steps: [
      "`getent group NAME` on the host. Declare it with `group`, or leave it out; then `hostkit plan --host NAME`.",
    ],
    host: PLANNED_OR_RUN,
    see: ["HK4010"],
  },
  HK4204: {
    title: "The name belongs to an account from elsewhere.",
    means:
      "The host knows the name, and not from its own databases, so it comes from a directory service. HostKit does not change these.",
    causes: ["LDAP, SSSD or systemd-homed has a user or group of this name."],
    steps: ["`getent passwd NAME` on the host shows it. Choose another name, or manage it there."],
    host: IN_RUN,
    see: ["HK4203"],
  },
  HK4205: {
    title: "The account databases are locked.",
    means: "useradd and its relatives lock the databases while they write, and could not do so.",
    causes: [
      "A package installation or vipw is at work, or left a lock file behind.",
      "The login is not root.",
    ],
    steps: [
      "On the host: `ls -l /etc/*.lock`. Wait for who holds it, or remove a lock that nobody holds; then push again.",
    ],
    host: IN_RUN,
    see: ["HK4225"],
  },
  HK4206: {
    title: "The account is in use.",
    means:
      "usermod and userdel refuse to touch a user who has running processes: its uid and home can't change, and it can't be removed.",
    causes: ["A service runs as this user.", "Somebody is logged in as it."],
    steps: [
      "On the host: `ps -u NAME`. Stop the service, or `loginctl terminate-user NAME`; then push again.",
    ],
    host: IN_RUN,
    see: ["HK4220"],
  },
  HK4207: {
    title: "The home directory could not be made.",
    means: "The account was written, and its home directory was not.",
    causes: ["The disk is full or read-only.", "A level above it is missing."],
    steps: ["`df -h /home` and `namei -l HOME` on the host. Make room, then push again."],
    host: IN_RUN,
    see: ["HK4020"],
  },
  HK4208: {
    title: "An account tool refused.",
    means: "useradd or one of its relatives ended with an error. The message has what it said.",
    causes: ["A shell or a name that the host forbids.", "A full disk, or a broken database."],
    steps: [
      "`pwck -r` and `grpck -r` on the host check the databases. Change what the message names, then push again.",
    ],
    host: IN_RUN,
    see: ["HK4205", "HK4209"],
  },
  HK4209: {
    title: "An account tool did not finish.",
    means:
      "The tool was ended when its time was over. It writes each database in one step, so none is damaged; some may be changed and others not.",
    causes: ["A directory service does not answer.", "The host is very slow."],
    steps: [
      "On the host: `time getent passwd NAME` shows whether look-ups hang. Mend that, then push again.",
    ],
    host: IN_RUN,
    see: ["HK4205"],
  },
  HK4210: {
    title: "The place for an account's keys can't be trusted.",
    means:
      "The keys of an account go to ~/.ssh/authorized_keys, and a directory or file there is a link, or another user's or can be written by others. Root does not write there.",
    causes: ["The home is shared, or was made with an open mode.", "~/.ssh is a link."],
    steps: [
      "`namei -l HOME/.ssh/authorized_keys` on the host. Make it a plain directory and file of the user, or declare another home.",
    ],
    host: PLANNED_OR_RUN,
    see: ["HK4221"],
  },
  HK4211: {
    title: "An account disappeared.",
    means: "The account was made, and is not in /etc/passwd when its keys are to be written.",
    causes: [
      "Another tool removes accounts that it does not know.",
      "useradd writes elsewhere on this host.",
    ],
    steps: ["On the host: `journalctl -t useradd -t userdel -n 20`. Stop who removes it."],
    host: IN_RUN,
    see: ["HK4023"],
  },
  HK4220: {
    title: "The group can't be removed while it is a user's primary group.",
    means:
      "A group is to go, and has become the primary group of a user, who would be left without.",
    causes: ["Somebody gave it to a user after it was made."],
    steps: [
      "`usermod --gid GROUP USER` on the host gives that user another one. Then push, or roll back, again.",
    ],
    host: IN_RUN,
    see: ["HK4206"],
  },
  HK4221: {
    title: "The keys of an account were changed by somebody else after the run.",
    means:
      "authorized_keys is neither as before the run nor as it left it, so it was not taken back. Keys of the run may still open the account.",
    causes: ["The user, or another tool, edited it after the run."],
    steps: [
      "Look at it on the host now, and remove what should not be there. The run's directory has the file of before.",
    ],
    host: NOT_TAKEN_BACK,
    see: ["HK4024"],
  },
  HK4222: {
    title: "An account or a group was changed by somebody else after the run.",
    means:
      "The account or group is not as the run left it, so part of it was not taken back and stays as somebody made it.",
    causes: ["`usermod`, `passwd` or another tool was used after the run."],
    steps: ["Compare with `getent passwd NAME` and `id NAME` on the host; put it right by hand."],
    host: NOT_TAKEN_BACK,
    see: ["HK4024"],
  },
  HK4223: {
    title: "The home directory of a removed account was left.",
    means:
      "The account that the run had made is removed again. Its home has something in it that the run did not make, so it stays.",
    causes: ["A service or a person wrote there meanwhile."],
    steps: ["Look at what is in it, and remove it by hand if nobody needs it."],
    host: ends(
      "As before, except for that directory (exit code 8, or 10 with others).",
      EXIT.rolledBack,
      EXIT.rollbackFailed,
    ),
    see: ["HK4055"],
  },
  HK4224: {
    title: "The keys that an account had before the run were not kept.",
    means:
      "The copy of authorized_keys from before the run is missing or another file, so it can't be put back. The keys were left as they are.",
    causes: ["Somebody removed or edited the run's directory."],
    steps: ["Write the right keys by hand, or declare and push them: `hostkit push --host NAME`."],
    host: NOT_TAKEN_BACK,
    see: ["HK4046", "HK4221"],
  },
  HK4225: {
    title: "The account databases are locked by another program.",
    means: "The lines of a removed account could not be put back, since a database stayed locked.",
    causes: ["A package installation is at work.", "A program ended and left its lock file."],
    steps: [
      "On the host: `ls -l /etc/*.lock`. Wait, or remove a lock that nobody holds; then `hostkit rollback --host NAME`.",
    ],
    host: NOT_TAKEN_BACK,
    see: ["HK4205"],
  },
};
