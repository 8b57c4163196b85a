import type { RunId } from "../../shared/run.ts";
import { type Host, HostFault } from "../host/host.ts";
import { bytesOf } from "../host/bytes-of.ts";

/** Takes a run back that nobody is at work on any more, and that was never confirmed. */
export interface Watchdog {
  /** From here on, after so many milliseconds, and after a reboot. */
  arm(run: RunId, milliseconds: number): Promise<void>;
  /** Nothing is left of it when this returns; also where there was nothing. */
  disarm(run: RunId): Promise<void>;
}

export interface WatchdogOptions {
  readonly host: Host;
  readonly root: string;
  /** The agent's own binary; it is kept while a run is open. */
  readonly program: string;
}

const DIRECTORY = "/etc/systemd/system";
const TIMEOUT = 60_000;
/** Milliseconds to wait for a run that is still at work when the time is over. */
const PATIENCE = 3_600_000;

const namesOf = (run: RunId) => ({
  timer: `hostkit-watch-${run}.timer`,
  service: `hostkit-watch-${run}.service`,
  boot: `hostkit-boot-${run}.service`,
});

/**
 * Units of systemd, on disk and enabled: they need neither this process nor its login, and come back with the host. The timer
 * takes the run back when its time is over; the other one does so at the next boot, unless the run had come as far as to wait
 * for its confirmation: then that time begins anew, since the operator lost it.
 */
export function createWatchdog({ host, root, program }: WatchdogOptions): Watchdog {
  const systemctl = async (...args: string[]) => {
    const { status, stderr } = await host.run(["systemctl", ...args], { timeout: TIMEOUT });
    if (status === 0) return;
    throw new HostFault({
      code: "EIO",
      path: DIRECTORY,
      message: `systemctl ${args.join(" ")} ended with status ${status} and said: ${stderr.trim()}`,
    });
  };
  const command = (run: RunId, goal: string) =>
    `${program} execute --root ${root} --run ${run} --goal ${goal} --wait ${PATIENCE} --attempt ${goal}`;
  return {
    async arm(run, milliseconds) {
      const names = namesOf(run);
      const seconds = Math.ceil(milliseconds / 1000);
      await write(host, names.service, service(run, command(run, "settle")));
      await write(
        host,
        names.boot,
        `${service(run, command(run, "boot"))}\n[Install]\nWantedBy=multi-user.target\n`,
      );
      await write(
        host,
        names.timer,
        `[Unit]\nDescription=Time to confirm the HostKit run ${run}\n\n[Timer]\nOnActiveSec=${seconds}s\nAccuracySec=1s\n\n[Install]\nWantedBy=timers.target\n`,
      );
      await systemctl("daemon-reload");
      await systemctl("enable", "--now", names.timer);
      await systemctl("enable", names.boot);
      await host.flush();
    },
    async disarm(run) {
      const names = namesOf(run);
      const paths = [names.timer, names.service, names.boot].map((name) => `${DIRECTORY}/${name}`);
      const entries = await host.inspect(paths, { digest: false });
      if (entries.every((entry) => entry.type === "absent")) return;
      await systemctl("disable", "--now", names.timer).catch(() => undefined);
      await systemctl("disable", names.boot).catch(() => undefined);
      for (const path of paths) await host.removeFile(path);
      await systemctl("daemon-reload");
    },
  };
}

/** Not before anything at boot: what it starts again would wait for it, and it for that. */
const service = (run: RunId, command: string) =>
  `[Unit]\nDescription=Take back the HostKit run ${run}, unless it was confirmed\n\n[Service]\nType=oneshot\nExecStart=${command}\nKillMode=process\nTimeoutStartSec=infinity\n`;

function write(host: Host, name: string, text: string): Promise<void> {
  return host.writeFile(
    `${DIRECTORY}/${name}`,
    bytesOf(text),
    { uid: 0, gid: 0, mode: 0o644 },
    { over: "anything" },
  );
}
