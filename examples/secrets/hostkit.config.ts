import { fromFile, project, redacted, secret, text } from "hostkit";

// Looked up where HostKit runs, before it connects: EXAMPLE_API_TOKEN=… hostkit push --host app
const token = secret.env("EXAMPLE_API_TOKEN");

// Made by the host itself and kept there. Both files have the same value, and nobody else ever has it.
const session = secret.generate({ name: "session-key", bytes: 32 });

export default project("secrets", (p) => {
  p.host("app", { at: "app.example.com", ssh: { user: "root" } });

  p.service("vault-user", (s) => {
    s.account({ system: true });
    const program = s.file(s.path("bin", "vault-user"), {
      content: fromFile("./vault-user.sh"),
      mode: 0o755,
    });

    // /etc/vault-user/runtime.env: root's, and readable by the service alone. The service restarts when a value changes.
    const runtime = s.env("runtime", { API_TOKEN: token, SESSION_KEY: session, PORT: 4000 });

    // A document with secrets in it. What the service itself writes to `setupCode` is kept, and never shown.
    s.json("settings.json", {
      session: { key: session, lifetime: "12h" },
      api: { url: "https://api.example.com", token },
      setupCode: redacted,
    });

    s.daemon({
      description: "Uses secrets without telling them",
      exec: [program.path],
      env: [runtime],
      // Below $CREDENTIALS_DIRECTORY, in memory, and gone when the service stops.
      credentials: { "api-header": text`Authorization: Bearer ${token}\n` },
    });
  });
});
