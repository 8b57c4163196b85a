import { EXIT } from "../../cli/exit-code.ts";
import { ends, MISUSED, type Pages } from "../page.ts";

const REFUSED = ends("Unchanged.", EXIT.refused);
const UNSIGNED = ends("Unchanged.", EXIT.failed);

/** Keys that plan files are signed with, and what hosts demand. */
export const signatures: Pages = {
  HK4110: {
    title: "The host's policy can't be trusted.",
    means:
      "`/etc/hostkit/policy.json` on the host says what HostKit may change there. Somebody else than root can write it, or replace it, so it says nothing that counts; and what it may have said is not guessed.",
    causes: [
      "The file, or a directory above it, belongs to another user or can be written by others.",
      "The file or a directory above it is a symbolic link.",
    ],
    steps: [
      "On the host, as root: look at what the message names, and at what the file says.",
      "`chown root:root` and `chmod go-w` make it root's again; put the file itself where a link is.",
    ],
    host: REFUSED,
    see: ["HK4111", "HK4116"],
  },
  HK4111: {
    title: "The host's policy can't be understood.",
    means:
      "`/etc/hostkit/policy.json` on the host is not what a policy looks like. Nothing is changed while it can't be told what may be; only taking a run back goes on.",
    causes: [
      "It is not whole JSON: a comma too many, or a file that was cut.",
      "A word in it is misspelt, or a kind of resource or an action that it names does not exist.",
    ],
    steps: [
      "On the host, as root: correct what the message names, or move the file away.",
      'A policy is `{ "version": 1 }` with `signatures` and `refuse` as the README has them.',
    ],
    host: REFUSED,
    see: ["HK4112"],
  },
  HK4112: {
    title: "The host's policy was written for a newer HostKit.",
    means:
      "The version of `/etc/hostkit/policy.json` on the host is one that the agent does not know. It may demand what this agent could not check.",
    causes: ["Another operator has a newer HostKit.", "The version was mistyped: it is 1."],
    steps: ["Use a HostKit that knows the version; `hostkit version` tells what you have."],
    host: REFUSED,
    see: ["HK4111"],
  },
  HK4113: {
    title: "The host demands signatures.",
    means:
      "The host takes only plans that were saved as a file and signed by somebody on its list. A plain push has no file, so there is nothing to sign.",
    causes: ["`/etc/hostkit/policy.json` on the host has `signatures`."],
    steps: [
      "`hostkit plan --host NAME --out plan.json --sign KEYFILE` saves and signs a plan.",
      "Where more signatures are needed, others add theirs with `hostkit sign plan.json --sign KEYFILE`.",
      "`hostkit apply plan.json` applies it. A run is taken back without any: `hostkit rollback --host NAME`.",
    ],
    host: REFUSED,
    see: ["HK4114"],
  },
  HK4114: {
    title: "The plan has too few signatures.",
    means:
      "The plan file was signed by nobody whom the host lets sign, or by fewer people than it demands. Two keys of one person count as one. The message tells of each signature why it does not count.",
    causes: [
      "Somebody has not signed yet.",
      "A key is not on the host's list, or not valid any more.",
      "What was signed is another plan: one that is made anew has to be signed anew.",
    ],
    steps: [
      "Have whoever is missing read it, `hostkit show plan.json`, and sign it, `hostkit sign plan.json --sign KEYFILE`; then apply it again.",
    ],
    host: REFUSED,
    see: ["HK4113", "HK4116"],
  },
  HK4115: {
    title: "The host's policy refuses some of the plan.",
    means:
      "`/etc/hostkit/policy.json` on the host says that HostKit leaves some kinds of resources alone, or never does some things, and the plan has such changes. A plan is made as a whole or not at all.",
    causes: [
      "The declaration has a resource of a kind that the host's owner sees to by other means.",
      "Something is not declared any more and would be removed.",
    ],
    steps: [
      "Leave these out: of the declaration, or of this push with `--except`.",
      "Or change `refuse` in the policy, on the host as root.",
    ],
    host: REFUSED,
    see: ["HK4113"],
  },
  HK4116: {
    title: "The host's list of allowed signers can't be used.",
    means:
      "The host demands signatures, and the file that says who may sign is missing, has a line that can't be understood, or could have been written by others than root. Nobody's signature can count then.",
    causes: [
      "The path in `/etc/hostkit/policy.json` is wrong.",
      "A line has an option that does not exist, or a damaged key.",
      "Its owner or mode, or that of a directory above it, lets others write.",
    ],
    steps: [
      "On the host, as root: correct what the message names. ssh-keygen(1) describes the file under ALLOWED SIGNERS.",
    ],
    host: REFUSED,
    see: ["HK4110", "HK4114"],
  },
  HK5050: {
    title: "The signing key can't be read.",
    means: "The file that `--sign` names does not exist, or could not be read.",
    causes: [
      "The path is mistyped, or starts elsewhere than meant.",
      "The file belongs to another user.",
    ],
    steps: [
      "Name a private key, or a public one whose private half is in the SSH agent.",
      "`ssh-keygen -t ed25519` makes a key.",
    ],
    host: MISUSED,
    see: ["HK5051"],
  },
  HK5051: {
    title: "The signing key is none that HostKit can sign with.",
    means:
      "The file was read, and is no key, or of a kind that HostKit can't sign with: a certificate, a key in a FIDO security key, DSA, or RSA below 2048 bits. Signatures that security keys make with ssh-keygen are accepted all the same.",
    causes: [
      "Another file was named.",
      "The key is in the format of PuTTY or in PKCS #8, which have to be converted first.",
    ],
    steps: [
      "Use an ed25519, ECDSA or RSA key in the format of OpenSSH; the message tells how to convert one.",
      "Or sign with `ssh-keygen -Y sign -n hostkit-plan`, and put what it prints into `signatures` of the plan file.",
    ],
    host: MISUSED,
    see: ["HK5050"],
  },
  HK5052: {
    title: "The signing key could not be unlocked.",
    means:
      "The key is encrypted. Its passphrase was wrong three times, was not given, or there was no terminal to ask at.",
    causes: ["A typing mistake.", "The command runs in CI, or with its input from a pipe."],
    steps: [
      "`ssh-add KEYFILE` unlocks it once for the SSH agent, which HostKit then asks.",
      "`ssh-keygen -y -f KEYFILE` tells whether a passphrase is right.",
    ],
    host: UNSIGNED,
    see: ["HK5053"],
  },
  HK5053: {
    title: "The SSH agent could not be asked to sign.",
    means:
      "A public key was named, so its private half has to be in the SSH agent; and there is none, or it does not answer.",
    causes: [
      "`SSH_AUTH_SOCK` is not set: no agent was started, or the command runs outside of its session (sudo, cron).",
      "The agent has ended, and its socket was left.",
    ],
    steps: [
      "`ssh-add -l` tells whether an agent runs and what it has.",
      "Or name the private key.",
    ],
    host: UNSIGNED,
    see: ["HK5054", "HK5055"],
  },
  HK5054: {
    title: "The SSH agent does not have the signing key.",
    means:
      "A public key was named, and the SSH agent answered that it has no private key that belongs to it.",
    causes: [
      "The key was never added, or its time in the agent is over.",
      "The agent is locked, which looks as if it had none.",
    ],
    steps: ["`ssh-add KEYFILE` adds it; `ssh-add -X` opens an agent that is locked."],
    host: UNSIGNED,
    see: ["HK5053"],
  },
  HK5055: {
    title: "The SSH agent did not sign.",
    means: "The SSH agent has the key, and refused to sign with it, or did not answer in time.",
    causes: [
      "The key was added with `ssh-add -c`: somebody has to agree, and did not, or nothing could ask them.",
      "The agent holds the key for some hosts only.",
    ],
    steps: ["Agree where it asks, and try again.", "Or name the private key, or another one."],
    host: UNSIGNED,
    see: ["HK5053"],
  },
  HK5056: {
    title: "The signature that was made is not right.",
    means:
      "HostKit checks each signature with the public key before it is kept, and this one does not fit. A host would refuse it.",
    causes: [
      "The SSH agent is one that signs RSA with SHA-1 whatever it is asked for.",
      "The public and the private half of the key do not belong together.",
    ],
    steps: ["Name the private key itself, which needs no agent; or use an ed25519 key."],
    host: UNSIGNED,
    see: ["HK5055"],
  },
  HK5087: {
    title: "The plan is not signed by anybody who may.",
    means:
      "With `--allowed-signers` a plan file needs a signature of somebody on that list. It has none, or none that counts.",
    causes: [
      "Nobody signed it, or it was made anew since.",
      "The list has another key of that person, or its line is out of date.",
    ],
    steps: [
      "`hostkit show FILE` tells what it would do. Whoever agrees adds a signature: `hostkit sign FILE --sign KEYFILE`.",
    ],
    host: ends("Unchanged, and not contacted.", EXIT.refused),
    see: ["HK5088", "HK3042"],
  },
  HK5088: {
    title: "The list of allowed signers can't be read.",
    means:
      "`--allowed-signers` names a file that is missing or can't be read. Without it nobody is allowed, so nothing is applied.",
    causes: ["The path is misspelt, or `HOSTKIT_ALLOWED_SIGNERS` names a file that has moved."],
    steps: [
      "Name a file as ssh-keygen(1) describes it under ALLOWED SIGNERS: a principal and a public key on each line.",
    ],
    host: ends("Unchanged, and not contacted.", EXIT.failed),
    see: ["HK5087"],
  },
};
