import { describe, expect, it } from "vitest";
import type { Prediction } from "../../shared/change.ts";
import type { Resource } from "../../shared/resources/registry.ts";
import { declare } from "../support/declare.ts";
import { MemoryHost } from "../support/memory-host/memory-host.ts";
import { planBack, push } from "./everything.ts";
import { contentsOf, join, manifestOf } from "./joined.ts";

/** How sure a plan is of each of its changes. */

const contents = contentsOf("old\n", "first\n", "second\n");

async function planned(host: MemoryHost, ...resources: Resource[]): Promise<string[]> {
  const { session } = await join(host);
  const { plan, diagnostics } = await session.plan(manifestOf(...resources), contents);
  await session.close();
  if (plan === null) throw new Error(JSON.stringify(diagnostics));
  return plan.changes.map(({ id, prediction }) => `${id}: ${told(prediction)}`);
}

const told = (prediction: Prediction) =>
  prediction.class === "bounded" ? prediction.outcomes.join(" | ") : prediction.class;

const service = (name: string, options: object = {}) =>
  declare.unit(name, {
    service: { Type: "notify", ExecStart: "/bin/api", ExecReload: "/bin/kill -HUP $MAINPID" },
    install: { WantedBy: "multi-user.target" },
    ...options,
  });

describe("a prediction", () => {
  it("is exact for what HostKit does by itself", async () => {
    const host = new MemoryHost();
    host.put("/etc/motd", "old\n");
    const lines = await planned(
      host,
      declare.group("web", { gid: 4100 }),
      declare.account("deploy", { groups: ["web"] }),
      declare.directory("/srv/app", { owner: "deploy" }),
      declare.file("/etc/motd", { text: "first\n" }),
      declare.file("/srv/app/deep/er", { text: "second\n" }),
      declare.symlink("/srv/current", { to: "/srv/app" }),
      declare.file("/etc/token", {
        content: {
          template: [{ secret: { from: "generate", name: "t", bytes: 16, encoding: "hex" } }],
        },
      }),
      declare.file("/etc/app.json", {
        content: { format: "json", data: { port: 1 }, secrets: [], redacted: [] },
        merge: true,
      }),
    );
    expect(lines.filter((line) => !line.endsWith(": exact"))).toEqual([]);
    expect(lines).toHaveLength(8);
  });

  it("has a validator's refusal for what it is asked about", async () => {
    const host = new MemoryHost();
    host.validators.set("visudo", () => ({ status: 0 }));
    const file = (options: object) =>
      declare.file("/etc/checked", { validate: ["/usr/sbin/visudo", "-cf", "{}"], ...options });
    expect(await planned(host, file({ text: "first\n" }))).toEqual([
      "file:/etc/checked: as planned | refused by visudo, and nothing is changed",
    ]);
    host.put("/etc/checked", "first\n");
    // It is run when the content changes.
    expect(await planned(host, file({ text: "first\n", mode: 0o600 }))).toEqual([
      "file:/etc/checked: exact",
    ]);
  });

  it("has a failure for what is started, restarted or reloaded, since that is the program's own doing", async () => {
    const host = new MemoryHost();
    const fails = "does not start, and the run fails";
    const refused = "refused by systemd, and nothing is changed";
    expect(
      await planned(
        host,
        service("new.service", { active: true }),
        service("written.service", { enabled: true }),
        declare.unit("cron.service", { enabled: true }),
        declare.unit("tick.timer", { timer: { OnCalendar: "daily" }, active: true }),
        declare.unit("tick.service", { service: { Type: "oneshot", ExecStart: "/bin/true" } }),
      ),
    ).toEqual([
      `unit:new.service: runs | ${refused} | ${fails}`,
      `unit:written.service: as planned | ${refused}`,
      "unit:cron.service: exact",
      `unit:tick.service: as planned | ${refused}`,
      `unit:tick.timer: as planned | ${refused}`,
    ]);
    const conf = (text: string) => declare.file("/etc/api.conf", { text });
    const reading = (onChange: string) =>
      service("api.service", { active: true, onChange, inputs: ["file:/etc/api.conf"] });
    await push(host, manifestOf(conf("first\n"), reading("restart")));
    const second = conf("second\n");
    expect(await planned(host, second, reading("restart"))).toEqual([
      "file:/etc/api.conf: exact",
      `unit:api.service: runs | ${fails}`,
    ]);
    expect(await planned(host, second, reading("reload"))).toEqual([
      "file:/etc/api.conf: exact",
      "unit:api.service: reloads | does not reload, and the run fails",
    ]);
    expect(await planned(host, second, reading("none"))).toEqual(["file:/etc/api.conf: exact"]);
    // What stops, stops.
    expect(await planned(host, conf("first\n"))).toEqual(["unit:api.service: exact"]);
  });

  it("has a refusal for an account that may be in use", async () => {
    const host = new MemoryHost();
    const ann = (options: object) =>
      declare.account("ann", { uid: 4200, home: "/srv/ann", ...options });
    await push(host, manifestOf(ann({})));
    expect(await planned(host, ann({ uid: 4201 }))).toEqual([
      "account:ann: as planned | refused while it runs programs, and the run fails",
    ]);
    expect(await planned(host, ann({ shell: "/bin/bash" }))).toEqual(["account:ann: exact"]);
  });

  it("of what takes a run back has no validator, and services that may not start", async () => {
    const host = new MemoryHost();
    host.validators.set("check", () => ({ status: 0 }));
    const all = (text: string) =>
      manifestOf(
        declare.file("/etc/checked", { text, validate: ["check", "{}"] }),
        service("api.service", { unit: { Description: text.trim() }, active: true }),
      );
    await push(host, all("first\n"));
    await push(host, all("second\n"));
    const { plan } = await planBack(host);
    expect(plan?.changes.map(({ id, prediction }) => `${id}: ${told(prediction)}`)).toEqual([
      "unit:api.service: runs | does not start, and the run fails",
      "file:/etc/checked: exact",
    ]);
  });
});
