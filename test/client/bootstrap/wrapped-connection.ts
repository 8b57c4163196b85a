import type { Connection } from "../../../client/transport/transport.ts";

/** A connection whose every command is changed before it is run: what login shells and start-up files do to it. */
export function changing(connection: Connection, change: (command: string) => string): Connection {
  return {
    label: connection.label,
    get execCount() {
      return connection.execCount;
    },
    exec: (command) => connection.exec(change(command)),
    close: () => connection.close(),
  };
}

/** As if `shell` were the account's login shell. */
export function withLoginShell(connection: Connection, shell: string): Connection {
  return changing(connection, (command) => `${shell} -c ${quoted(command)}`);
}

/** As if `shell` were the host's /bin/sh. */
export function withSystemShell(connection: Connection, shell: string): Connection {
  return changing(connection, (command) => command.replace("/bin/sh -c", `${shell} -c`));
}

/** As if the account's start-up file did `commands` first. */
export function withStartupFile(connection: Connection, commands: string): Connection {
  return changing(connection, (command) => `${commands}\n${command}`);
}

export function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
