/** Whoever logged in, and from where, as sshd and sudo tell it; names only, nothing is decided by it. */
export function whoAmI(): string {
  const { SUDO_USER, USER, LOGNAME, SSH_CLIENT } = process.env;
  const user = SUDO_USER ?? USER ?? LOGNAME ?? `uid ${process.getuid?.()}`;
  const from = SSH_CLIENT?.split(" ")[0];
  return from === undefined || from === "" ? user : `${user} from ${from}`;
}
