import { ends, IN_RUN, type Pages, PLANNED_OR_RUN, UNTOUCHED } from "../page.ts";

/** Files, directories and links, what checks files, and documents. */
export const paths: Pages = {
  HK4010: {
    title: "The owner or group does not exist on the host.",
    means:
      "A declared path is to belong to a user or group that is neither on the host nor declared. The plan is refused rather than given to root.",
    causes: [
      "The package that brings the user is not installed yet.",
      "The name is misspelt, or the account is declared for other hosts.",
    ],
    steps: [
      "`getent passwd NAME` and `getent group NAME` on the host show whether it is there.",
      "Declare it with `account` or `group`, or choose one that exists; then `hostkit plan --host NAME`.",
    ],
    host: UNTOUCHED,
    see: ["HK4203"],
  },
  HK4011: {
    title: "Something of another type is at the path.",
    means:
      "The declaration wants a file, a directory or a link, and something else is there. HostKit never removes it silently.",
    causes: [
      "A link that an administrator or package made, /etc/resolv.conf for one.",
      "A directory where the declaration now has a file.",
    ],
    steps: [
      "`ls -ld PATH` on the host. Move it away, or declare what is there, or another path; then plan again.",
    ],
    host: UNTOUCHED,
    see: ["HK4012", "HK4302"],
  },
  HK4012: {
    title: "A parent of the path is not a directory.",
    means: "A path can't be made, since something above it is a file or is missing.",
    causes: [
      "A file has the name of the directory that is needed.",
      "A link above it leads nowhere, to a disk that is not mounted for one.",
    ],
    steps: ["`namei -l PATH` on the host shows each level. Move away what is in the way."],
    host: UNTOUCHED,
    see: ["HK4011", "HK1054"],
  },
  HK4013: {
    title: "The agent is not allowed to read a path.",
    means:
      "A declared path, or one above it, can't be read, so nothing true could be said of it. No plan is made from a guess.",
    causes: [
      "The login is not root.",
      "A network or FUSE file system keeps even root out (`root_squash`).",
    ],
    steps: [
      "Log in as root, or with `sudo: true` in the host's `ssh` options. Leave paths out that root can't read.",
    ],
    host: UNTOUCHED,
    see: ["HK4020"],
  },
  HK4020: {
    title: "The host refused a change to a path.",
    means:
      "The system refused to write, replace, link or remove a path. The message has its reason; the path was left as it was.",
    causes: [
      "The disk is full, or the quota (ENOSPC, EDQUOT).",
      "The file system is read-only (EROFS), the path is a mount point (EBUSY), or immutable (EPERM).",
    ],
    steps: [
      "On the host: `df -h PATH`, `findmnt -T PATH`, `lsattr -d PATH`. Mend what it is, then push again.",
    ],
    host: IN_RUN,
    see: ["HK4021", "HK4022"],
  },
  HK4030: {
    title: "A validator refused a file.",
    means:
      "The `validate` command of a file saw the host as this push would leave it, and did not accept it. That is before anything is changed.",
    causes: [
      "The content has a mistake that the program knows, such as `sshd -t` or `nginx -t`.",
      "It refers to a file or module that is not on this host.",
    ],
    steps: ["The message has what the validator said. Correct the declaration, then push again."],
    host: UNTOUCHED,
    see: ["HK4031", "HK4340"],
  },
  HK4031: {
    title: "A file can't be validated on the host.",
    means:
      "To show a validator files that are not there yet, the agent makes a view of the host in a mount namespace. That was not possible, and the file is not written unchecked.",
    causes: [
      "The login is not root, or the host is a container that forbids mounts.",
      "unshare(1) is missing, or the kernel has no overlay file systems.",
    ],
    steps: ["Log in as root, or leave `validate` out for this host; then push again."],
    host: UNTOUCHED,
    see: ["HK4030"],
  },
  HK4100: {
    title: "A document can't hold a value.",
    means:
      "When a document was about to be written, the value of a secret did not fit its format. Nothing of the file was changed.",
    causes: ["A secret of the host has a line break, in an INI or dotenv file."],
    steps: ["Give the secret another value, or use a format that can hold it, such as YAML."],
    host: PLANNED_OR_RUN,
    see: ["HK1048", "HK1044"],
  },
  HK4101: {
    title: "A document on the host can't be changed without losing something.",
    means:
      "With `merge`, only declared keys are changed in the file that is there. This one has something that can't be kept in doing so.",
    causes: [
      "YAML with anchors or several documents, or a key that is there twice.",
      "A structure of another kind stands where a declared key belongs.",
    ],
    steps: [
      "Simplify the file by hand where the message says. Or leave out `merge`, which replaces all of it.",
    ],
    host: PLANNED_OR_RUN,
    see: ["HK4102"],
  },
  HK4102: {
    title: "A document on the host can't be read.",
    means:
      "With `merge`, the file that is there has to be understood first, and it is not of its format.",
    causes: ["A typing error of whoever edits it by hand.", "It is of another format."],
    steps: [
      "Repair it on the host; the message names the line. Or leave out `merge`, which replaces it.",
    ],
    host: UNTOUCHED,
    see: ["HK4101", "HK4103"],
  },
  HK4103: {
    title: "A document on the host can't be read, and will be replaced.",
    means:
      "What is at the path is not of the declared format. Without `merge` that is no obstacle: the declared document takes its place, and the run keeps the old file.",
    causes: ["A typing error in it, or another program's format."],
    steps: [
      "If the old content matters, answer no and look at it. After a push, `hostkit rollback --host NAME` puts it back.",
    ],
    host: ends("A warning of the plan."),
    see: ["HK4102"],
  },
};
