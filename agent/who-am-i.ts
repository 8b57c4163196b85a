const { SUDO_USER, USER, LOGNAME, SSH_CLIENT } = process.env;

/** The user who logged in, as sshd and sudo tell it. */
export function whoLoggedIn(): string {
  return SUDO_USER ?? USER ?? LOGNAME ?? `uid ${process.getuid?.()}`;
}

/** The same and from where; names only, nothing is decided by it. */
export function whoAmI(): string {
  const user = whoLoggedIn();
  const from = SSH_CLIENT?.split(" ")[0];
  return from === undefined || from === "" ? user : `${user} from ${from}`;
}
