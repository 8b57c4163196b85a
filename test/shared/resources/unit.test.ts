import { describe, expect, test } from "vitest";
import type { Observed } from "../../../shared/resources/registry.ts";
import { unit } from "../../../shared/resources/unit.ts";

const CONTENT = "[Service]\nExecStart=/bin/true\n";
const desire = (input: object) =>
  unit.desired.parse({ name: "api.service", content: CONTENT, ...input });
const faults = (input: object): string => {
  const result = unit.desired.safeParse({ name: "api.service", ...input });
  return result.success ? "" : result.error.issues.map(({ message }) => message).join("\n");
};
const observe = (fields: object = {}) =>
  unit.observed.parse({
    content: CONTENT,
    enabled: "disabled",
    active: "inactive",
    loaded: "current",
    ...fields,
  });
const present = (fields: object = {}): Observed<"unit"> => ({
  state: "present",
  ...observe(fields),
});

describe("what may be declared", () => {
  test.each([
    ["neither text nor sections nor anything else", {}, "where a package brings its file"],
    ["both", { content: CONTENT, service: { ExecStart: "/bin/true" } }, "needs either"],
    ["no main section", { content: "[Unit]\nDescription=x\n" }, "needs a [Service] section"],
    ["a timer without [Timer]", { name: "a.timer", content: CONTENT }, "needs a [Timer] section"],
    ["enabled without [Install]", { content: CONTENT, enabled: true }, "nothing to enable"],
    ["a template from a package", { name: "a@.service", inputs: ["file:/x"] }, "is a template"],
    ["an input that is no id", { enabled: true, inputs: ["/etc/motd"] }, "such as file:/etc/motd"],
    [
      "enabled with nothing but Also=",
      { content: `${CONTENT}[Install]\nAlso=b.service\n`, enabled: true },
      "nothing to enable",
    ],
    [
      "an active one that ends by itself",
      { service: { Type: "oneshot", ExecStart: "/bin/true" }, active: true },
      "never active",
    ],
    ["a line break in a value", { service: { ExecStart: "/bin/true\nUser=root" } }, ""],
    ["a value that swallows the next line", { service: { ExecStart: "/bin/echo \\" } }, ""],
    ["a directive in other letters", { service: { execstart: "/bin/true" } }, ""],
    ["an active template", { name: "a@.service", content: CONTENT, active: true }, "is a template"],
    ["a name that starts with @", { name: "@a.service", content: CONTENT }, "starts with @"],
    [
      "a reload without ExecReload",
      { content: CONTENT, onChange: "reload" },
      "neither ExecReload=",
    ],
    [
      "a reload of a timer",
      { name: "a.timer", timer: { OnCalendar: "daily" }, onChange: "reload" },
      "can only be restarted",
    ],
    ["a restart of the bus", { name: "dbus.service", content: CONTENT }, "ends every session"],
    [
      "a restart of the logins",
      { name: "systemd-logind.service", content: CONTENT, onChange: "restart" },
      "ends every session",
    ],
    [
      "a stop of a user's session",
      { name: "user@1000.service", content: CONTENT, onChange: "none", active: false },
      "ends every session",
    ],
  ])("%s is refused", (_what, input, says) => {
    expect(faults(input)).not.toBe("");
    expect(faults(input)).toContain(says);
  });

  test.each([
    [
      "a oneshot that remains",
      { service: { Type: "oneshot", ExecStart: "/bin/true", RemainAfterExit: true }, active: true },
    ],
    [
      "a reload by notification",
      { service: { Type: "notify-reload", ExecStart: "/bin/true" }, onChange: "reload" },
    ],
    [
      "the bus, with the change at the next boot",
      { name: "dbus.service", content: CONTENT, onChange: "none" },
    ],
    ["a template that is only a file", { name: "user@.service", content: CONTENT }],
  ])("%s is accepted", (_what, input) => {
    expect(faults(input)).toBe("");
  });

  test("paths that it may use are needed, and those that are hidden from it are not", () => {
    const desired = unit.desired.parse({
      name: "api.service",
      service: {
        ExecStart: "/bin/true",
        ReadWritePaths: ["/var/lib/api", "-/srv/maybe"],
        BindReadOnlyPaths: '"/home/ann/site"',
        InaccessiblePaths: "-/etc/api/admin.conf",
      },
    });
    expect(unit.needs(desired).map(({ claim }) => claim)).toEqual([
      "path:/bin/true",
      "path:/var/lib/api",
      "path:/srv/maybe",
      "path:/home/ann/site",
    ]);
  });

  test("sections become text in the order of the sections, lists become lines", () => {
    const { content } = unit.desired.parse({
      name: "api.service",
      install: { WantedBy: "multi-user.target" },
      service: {
        ExecStart: { argv: ["/bin/echo", "100%", "$HOME", "a b", "", ";", '"', "\\"] },
        PrivateTmp: true,
      },
      unit: { After: ["a.service", "b.service"], Documentation: [] },
    });
    expect(content).toBe(
      [
        "[Unit]",
        "After=a.service",
        "After=b.service",
        "",
        "[Service]",
        'ExecStart=/bin/echo 100%% $$HOME "a b" "" ";" "\\"" "\\\\"',
        "PrivateTmp=yes",
        "",
        "[Install]",
        "WantedBy=multi-user.target",
        "",
      ].join("\n"),
    );
  });
});

describe("what differs", () => {
  test.each([
    ["nothing that is left open", {}, { enabled: "enabled", active: "failed" }, []],
    ["content", {}, { content: "old" }, ["content"]],
    ["content of a package's unit", {}, { content: null }, ["content"]],
    ["a file read long ago", {}, { loaded: "stale" }, ["loaded"]],
    [
      "content hides that it was read long ago",
      {},
      { content: "old", loaded: "stale" },
      ["content"],
    ],
    ["enabled as wished", { enabled: false }, { enabled: "static" }, []],
    ["enabled for this boot only", { enabled: true }, { enabled: "enabled-runtime" }, ["enabled"]],
    [
      "enabled for this boot only, and not wished",
      { enabled: false },
      { enabled: "enabled-runtime" },
      [],
    ],
    ["active as wished", { active: true }, { active: "reloading" }, []],
    ["not there yet", { active: true }, { active: "activating" }, ["active"]],
    ["started again and again", { active: false }, { active: "activating" }, ["active"]],
    ["not gone yet", { active: false }, { active: "deactivating" }, ["active"]],
    ["failed, which is not running", { active: false }, { active: "failed" }, []],
    ["failed, which is not running either", { active: true }, { active: "failed" }, ["active"]],
  ])("%s", (_what, wish, state, fields) => {
    const input =
      "enabled" in wish ? { content: `${CONTENT}[Install]\nWantedBy=a.target\n`, ...wish } : wish;
    const desired = desire(input);
    const found = observe({ content: desired.content, ...state });
    expect(unit.diff(desired, found).map(({ field }) => field)).toEqual(fields);
  });
});

describe("what follows", () => {
  const follow = (wish: object, state: object) => {
    const desired = desire(wish);
    const found = present({ content: "old", ...state });
    return unit.follow(desired, found, [
      { field: "content", before: "old", after: desired.content ?? null },
    ]);
  };
  test.each([
    ["a running unit is restarted", {}, { active: "active" }, "restart"],
    ["a starting unit too", {}, { active: "activating" }, "restart"],
    ["a stopped one is not", {}, { active: "inactive" }, null],
    ["a failed one is not", {}, { active: "failed" }, null],
    ["one that should stop is not", { active: false }, { active: "active" }, null],
    ["one that should be let run is not", { onChange: "none" }, { active: "active" }, null],
    [
      "one that can reload reloads",
      { content: `${CONTENT}ExecReload=/bin/true\n`, onChange: "reload" },
      { active: "active" },
      "reload",
    ],
    [
      "a job that runs right now is let finish",
      { content: `${CONTENT}Type=oneshot\n` },
      { active: "activating" },
      null,
    ],
  ])("%s", (_what, wish, state, expected) => {
    expect(follow(wish, state)).toBe(expected);
  });

  test("nothing follows a change of enabled", () => {
    const difference = { field: "enabled", before: "disabled", after: "enabled" };
    expect(unit.follow(desire({}), present({ active: "active" }), [difference])).toBeNull();
  });

  test("nothing follows a creation", () => {
    expect(unit.follow(desire({}), { state: "absent" }, unit.created(desire({})))).toBeNull();
  });
});

test("it comes after what its file names", () => {
  const desired = desire({
    content: [
      "[Unit]",
      "After=db.service \\",
      "  # a remark between",
      "  cache.service",
      "[Service]",
      "User=ann",
      "SupplementaryGroups=adm staff",
      "EnvironmentFile=-/etc/app.env",
      "ExecStart=/opt/app/server --config=/etc/app.ini %t/x",
      "",
    ].join("\n"),
  });
  expect(unit.needs(desired).map(({ claim }) => claim)).toEqual([
    "unit:db.service",
    "unit:cache.service",
    "user:ann",
    "group:adm",
    "group:staff",
    "path:/etc/app.env",
    "path:/opt/app/server",
    "path:/etc/app.ini",
  ]);
});

test("a timer comes after its service", () => {
  const timer = (content: string) =>
    unit.needs(unit.desired.parse({ name: "backup.timer", content })).map(({ claim }) => claim);
  expect(timer("[Timer]\nOnCalendar=daily\n")).toEqual(["unit:backup.service"]);
  expect(timer("[Timer]\nOnCalendar=daily\nUnit=other.service\n")).toEqual(["unit:other.service"]);
});
