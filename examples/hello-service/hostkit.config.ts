import { argv, fromFile, project } from "hostkit";

export default project("hello-service", (p) => {
  const app = p.host("app", { at: "app.example.com", ssh: { user: "root" } });

  // Members may read what the service writes.
  const readers = p.group("hello-readers", { system: true });

  p.service("hello", { on: [app] }, (s) => {
    const account = s.account({ system: true, home: "/var/lib/hello" });
    const data = s.storage("data", { group: readers, mode: 0o2750 });
    s.storage("config");

    const settings = s.file(s.path("config", "hello.conf"), {
      content: 'GREETING="Hello from HostKit"\nINTERVAL=5\n',
      group: account,
      mode: 0o640,
    });
    const program = s.file(s.path("bin", "hello"), {
      content: fromFile("./hello.sh"),
      mode: 0o755,
    });
    const rotate = s.file(s.path("bin", "hello-rotate"), {
      content: fromFile("./hello-rotate.sh"),
      mode: 0o755,
    });

    // hello.service: run by the account, started now and at every boot. Of the host it may write its data, and nothing else.
    s.daemon({
      description: "Says hello at an interval",
      exec: argv(program, { settings, into: `${data.path}/hello.log` }),
      workingDirectory: data,
      isolate: { memoryMax: "64M", network: "none", writable: [data] },
    });

    s.unit("hello-rotate.service", {
      unit: { Description: "Begin a new log of hello" },
      service: {
        Type: "oneshot",
        User: account.user,
        ExecStart: argv(rotate, `${data.path}/hello.log`),
      },
    });
    s.unit("hello-rotate.timer", {
      unit: { Description: "Begin a new log of hello every night" },
      timer: { OnCalendar: "*-*-* 02:30:00", Persistent: true },
      install: { WantedBy: "timers.target" },
      enabled: true,
      active: true,
    });
  });
});
