import { argv, fromFile, project, redacted, secret } from "hostkit";

// Everything that a service usually needs: DATABASE_URL=… hostkit push --host app
export default project("prod", { roots: { data: "/srv/apps", config: "/etc/apps" } }, (p) => {
  p.host("app", {
    at: "app.example.com",
    ssh: { user: "root", retry: { attempts: 3 } },
  });

  // Before anything else on each host.
  p.bootstrap((b) => {
    b.directory("/srv/apps");
    b.directory("/etc/apps");
  });

  p.observability({ journal: { maxUse: "512M", retention: "30d" } });

  p.service("api", (s) => {
    s.account({ system: true });
    const data = s.storage("data", { mode: 0o750, backup: true });
    s.storage("config", { owner: "root", group: s.user, mode: 0o750 });

    // /opt/api/releases/1.0.0, and /opt/api/current, which leads there.
    const release = s.release({
      version: "1.0.0",
      files: { "bin/server": { content: fromFile("./server.pl"), mode: 0o755 } },
    });

    const runtime = s.env("runtime", {
      DATABASE_URL: secret.env("DATABASE_URL"),
      STATE: data.path,
    });

    const app = s.ini("app.ini", {
      APP_NAME: "Example API",
      server: { HTTP_ADDR: "127.0.0.1", HTTP_PORT: 4000, JWT_SECRET: redacted },
    });
    s.yaml("health.yaml", {
      endpoints: [{ name: "api", url: "http://127.0.0.1:4000/health" }],
    });

    const api = s.daemon({
      description: "Example API",
      exec: argv(`${release.path}/bin/server`, { config: app, port: 4000 }),
      env: [runtime],
      listen: { http: 4000 }, // On the loopback interface, unless said otherwise.
      isolate: { memoryMax: "512M", writable: [data], network: "loopback" },
    });
    s.monitor("health", { http: { url: api.listener.http, path: "/health" }, interval: "1m" });

    // A push that does not get this far is taken back.
    s.ready({ http: { url: api.listener.http, path: "/health", status: 200 }, timeout: "60s" });
  });

  p.service("maintenance", (s) => {
    const backups = s.storage("backups", { mode: 0o700 });
    const program = s.file(s.path("bin", "backup"), {
      content: fromFile("./backup.sh"),
      mode: 0o755,
    });
    const backup = s.job("backup", {
      exec: argv(program, "/srv/apps/api", backups),
      isolate: { writable: [backups], capabilities: ["CAP_DAC_READ_SEARCH"] },
    });
    s.schedule("backup", { run: backup, daily: "02:30", jitter: "15m", persistent: true });
  });
});
