import { argv, fromFile, project } from "hostkit";

/** Changed for each release; the versions before stay on the host. */
const VERSION = "1.0.0";

export default project("timers-and-jobs", (p) => {
  p.host("app", { at: "app.example.com", ssh: { user: "root" } });

  p.service("notes", (s) => {
    s.account({ system: true });
    const data = s.storage("data", { backup: true });
    const backups = s.storage("backups");

    // /opt/notes/releases/1.0.0, and /opt/notes/current, which leads to it from the moment it is complete.
    const release = s.release({
      version: VERSION,
      files: {
        "bin/notes": { content: fromFile("./notes.sh"), mode: 0o755 },
        "bin/backup": { content: fromFile("./backup.sh"), mode: 0o755 },
        VERSION: `${VERSION}\n`,
      },
    });

    // notes.service: its command goes through the link, so it restarts with each release.
    const http = s.listen("http", 4100);
    s.daemon({
      exec: argv(`${release.path}/bin/notes`, { listen: http, into: `${data.path}/notes.txt` }),
      after: ["network-online"],
      restartDelay: "2s",
      listen: { http },
    });

    // notes-backup.service, started by notes-backup.timer and by nothing else.
    const backup = s.job("backup", {
      exec: argv(`${release.path}/bin/backup`, `${data.path}/notes.txt`, backups),
      timeout: "10min",
    });
    s.schedule("backup", { run: backup, daily: "02:30", jitter: "15m", persistent: true });

    const tidy = s.job("tidy", {
      exec: argv("/usr/bin/find", backups, "-type", "f", "-mtime", "+30", "-delete"),
    });
    s.schedule("tidy", { run: tidy, weekly: "sun 04:00", afterBoot: "15m" });
  });
});
