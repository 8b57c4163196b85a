import { type Pages, UNREACHED } from "../page.ts";

/** Who the host is, and who logs in. */
export const login: Pages = {
  HK2010: {
    title: "The host key is unknown.",
    means:
      "The host showed a key, and no known hosts file has one for it. An unknown key can be anybody's, so nothing was sent.",
    causes: [
      "Nobody logged in from this machine yet.",
      "The file that has it is another than `knownHostsFile` names.",
    ],
    steps: [
      "On the host's own console: `ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub`. Compare with the fingerprint in the message.",
      "If they are the same, run the line that the message gives, or pin it with `hostKey` in the host's `ssh` options.",
    ],
    host: UNREACHED,
    see: ["HK2011", "HK2014"],
  },
  HK2011: {
    title: "The host key has changed.",
    means:
      "Another key is on record than the one the host shows. Either it was reinstalled, or somebody stands between you and it. Nothing was sent.",
    causes: ["A new machine has the address, or the name.", "Somebody intercepts the connection."],
    steps: [
      "Do not go on from guesswork. Compare the fingerprint with the one on the host's own console: `ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub`.",
      "If it is right, remove the old one with the `ssh-keygen -R` line of the message.",
    ],
    host: UNREACHED,
    see: ["HK2010", "HK2012", "HK2014"],
  },
  HK2012: {
    title: "The host key is revoked.",
    means:
      "A known hosts file marks the key that the host shows as `@revoked`: it must no longer be trusted. Neither another line nor a pin overrides that.",
    causes: ["The host still has a key that was given up, after a theft for example."],
    steps: [
      "Give the host a new key on its own console (`ssh-keygen -A` after moving the old files away), or remove the line if it is wrong.",
    ],
    host: UNREACHED,
    see: ["HK2011"],
  },
  HK2013: {
    title: "Host certificates are not supported.",
    means:
      "The known hosts files have only a certificate authority for this host, and HostKit can't check certificates of hosts.",
    causes: ["The hosts are signed with `@cert-authority`, as ssh(1) can check."],
    steps: [
      "Compare the fingerprint in the message with the host's own console, then pin it with `hostKey` in the host's `ssh` options.",
    ],
    host: UNREACHED,
    see: ["HK2010", "HK2014"],
  },
  HK2014: {
    title: "The host key is not the pinned one.",
    means:
      "The declaration pins a key with `hostKey`, and the host shows another. Either it was reinstalled, or somebody stands between you and it. Nothing was sent.",
    causes: [
      "The host was rebuilt, and the declaration was not changed.",
      "The address leads to another machine.",
    ],
    steps: [
      "On the host's own console: `ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub`. Change `hostKey` only when that is the key in the message.",
    ],
    host: UNREACHED,
    see: ["HK2011", "HK2017"],
  },
  HK2015: {
    title: "A known hosts file cannot be read.",
    means:
      "The file exists and can't be read. It may hold the host's key, or say that it is revoked, so no connection is opened without it.",
    causes: ["It belongs to another user, after a `sudo ssh` for example.", "It is a directory."],
    steps: ["Make the file that the message names readable, or set `knownHostsFile`."],
    host: UNREACHED,
    see: ["HK2016"],
  },
  HK2016: {
    title: "The host key could not be recorded.",
    means:
      "`acceptNewHostKey` takes a key that is new and records it. It could not be written; and a key that is not recorded would be accepted unseen each time.",
    causes: ["The home directory is read-only, as in many CI jobs.", "The disk is full."],
    steps: ["Make the file writable, name another with `knownHostsFile`, or pin with `hostKey`."],
    host: UNREACHED,
    see: ["HK2010", "HK2015"],
  },
  HK2017: {
    title: "The pinned host key is malformed.",
    means:
      "`hostKey` is no SHA-256 fingerprint: `SHA256:` and 43 characters. Nothing was contacted.",
    causes: ["An MD5 fingerprint, or the key itself, was pasted; or a character got lost."],
    steps: [
      "Take it from the host: `ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub` prints it as the second word.",
    ],
    host: UNREACHED,
    see: ["HK2014"],
  },
  HK2020: {
    title: "The login was refused.",
    means: "The host is the right one, and accepted none of the keys and passwords offered to it.",
    causes: [
      "The user is wrong: `ssh.user` of the declaration, else the one HostKit runs as.",
      "The key is not in that user's authorized_keys, or its directory is too open for sshd.",
      "The host forbids root or passwords (`PermitRootLogin`, `PasswordAuthentication`).",
    ],
    steps: [
      "The message lists what was tried. `ssh -v USER@HOST true` should fail likewise.",
      "On the host: `journalctl -u ssh` (or sshd) says why each was refused.",
    ],
    host: UNREACHED,
    see: ["HK2021", "HK2022"],
  },
  HK2021: {
    title: "There is no credential to log in with.",
    means: "Neither a key file, nor a key of an SSH agent, nor a password is there to be offered.",
    causes: [
      "No SSH agent is reachable: `SSH_AUTH_SOCK` is unset, as in cron, CI or under `sudo`.",
      "The agent is empty, or the key has an unusual name.",
    ],
    steps: [
      "`ssh-add -l` lists the keys of the agent. Name the file with `identityFile`, or a password with `password: secret.env(…)`, in the host's `ssh` options.",
    ],
    host: UNREACHED,
    see: ["HK2022", "HK2023"],
  },
  HK2022: {
    title: "The private key is encrypted and could not be unlocked.",
    means: "The only key left to try has a passphrase, and nobody can be asked for it.",
    causes: ["The SSH agent does not hold it, or was restarted."],
    steps: ["`ssh-add ~/.ssh/id_ed25519` (or your file) unlocks it once; then run HostKit again."],
    host: UNREACHED,
    see: ["HK2020", "HK2021"],
  },
  HK2023: {
    title: "The private key cannot be read.",
    means: "`identityFile` names a file that is missing or can't be read.",
    causes: ["It is misspelt, or lies on another machine.", "It belongs to another user."],
    steps: [
      "Correct the path or its permissions; or leave `identityFile` out, which uses the agent and the usual files in ~/.ssh.",
    ],
    host: UNREACHED,
    see: ["HK2021", "HK2024"],
  },
  HK2024: {
    title: "This kind of private key is not supported.",
    means:
      "The key left to try is of a kind that HostKit can't use, or only its public half is there and no agent holds the other.",
    causes: [
      "A key of a security token (`sk-…`), or an old or foreign format.",
      "A .pub file without its private key.",
    ],
    steps: [
      "Load it into an SSH agent with `ssh-add`, or make another key: `ssh-keygen -t ed25519`.",
    ],
    host: UNREACHED,
    see: ["HK2021", "HK2023"],
  },
};
