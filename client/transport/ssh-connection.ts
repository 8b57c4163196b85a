import { setTimeout as sleep } from "node:timers/promises";

import { errorText } from "./error-text.ts";
import { type ExecChannel, wrapChannel } from "./ssh-exec.ts";
import { sshFailure } from "./ssh-failure.ts";
import type { Connection, Exec } from "./transport.ts";

/** sshd answers at once unless the host hangs. */
const OPEN_TIMEOUT_MS = 30_000;
const GOODBYE_MS = 2_000;
/** Where one session at a time is allowed, the place of the last command is free only a moment after its end was told. */
const FREE_PLACE_WAITS_MS = [100, 300, 900];

/** What is used of the SSH library's client once it is logged in. */
export interface ExecClient {
  exec(
    command: string,
    callback: (error: Error | undefined, channel: ExecChannel) => void,
  ): unknown;
  end(): unknown;
  destroy(): unknown;
}

export interface LoggedIn {
  readonly client: ExecClient;
  readonly label: string;
  readonly hostKey: string;
  /** Resolves with the reason when the connection is gone, by whichever side. */
  readonly lost: Promise<string>;
  /** Closes what the connection runs over. */
  closeCarrier(): Promise<void>;
}

export function createSshConnection(login: LoggedIn): Connection {
  const { client, label } = login;
  let execCount = 0;
  let closing = false;
  const lost = login.lost.then((reason) => (closing ? "closed by this side" : reason));
  let lostBecause: string | undefined;
  void lost.then((reason) => {
    lostBecause = reason;
  });

  const gone = (reason: string): Error => sshFailure("HK2030", `${label}: ${reason}.`);

  return {
    label,
    hostKey: login.hostKey,
    get execCount() {
      return execCount;
    },
    async exec(command) {
      if (lostBecause !== undefined) throw gone(lostBecause);
      execCount += 1;
      for (const wait of execCount === 1 ? [0] : [0, ...FREE_PLACE_WAITS_MS]) {
        if (wait > 0) await sleep(wait);
        const exec = await openExec({ ...login, lost }, command, gone);
        if (exec !== "no-place") return exec;
      }
      throw sshFailure(
        "HK2031",
        `${label}: it opens no session for a command. The account may be limited to file transfer or port forwarding, or the ` +
          `server's MaxSessions is reached.`,
      );
    },
    async close() {
      closing = true;
      client.end();
      await Promise.race([lost, sleep(GOODBYE_MS, undefined, { ref: false })]);
      client.destroy();
      await login.closeCarrier();
    },
  };
}

function openExec(
  { client, label, lost }: LoggedIn,
  command: string,
  gone: (reason: string) => Error,
): Promise<Exec | "no-place"> {
  return new Promise((resolve, reject) => {
    let late = false;
    const giveUp = (error: Error): void => {
      late = true;
      clearTimeout(timer);
      reject(error);
    };
    const timer = setTimeout(
      () =>
        giveUp(
          sshFailure(
            "HK2031",
            `${label}: no answer within ${OPEN_TIMEOUT_MS / 1000} s. The host hangs.`,
          ),
        ),
      OPEN_TIMEOUT_MS,
    );
    void lost.then((reason) => giveUp(gone(reason)));
    const onOpened = (error: Error | undefined, channel: ExecChannel): void => {
      if (error !== undefined && "reason" in error) {
        // The server refused the channel itself, with a reason; a refused command has none.
        clearTimeout(timer);
        return resolve("no-place");
      }
      if (error !== undefined) {
        // Later: when the connection itself is gone, that is what there is to tell.
        setImmediate(() =>
          giveUp(sshFailure("HK2031", `${label}: ${error.message}.`, { cause: error })),
        );
        return undefined;
      }
      if (late) return channel.close();
      clearTimeout(timer);
      return resolve(wrapChannel(channel, lost));
    };
    try {
      // No pty (it would change binary data), no environment, no agent forwarding: the library's defaults, relied upon.
      client.exec(command, onOpened);
    } catch (error) {
      giveUp(gone(errorText(error)));
    }
  });
}
