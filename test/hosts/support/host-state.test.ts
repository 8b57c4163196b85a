import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { type HostState, hostState } from "./host-state.ts";
import { differences, unexplained } from "./host-state-differences.ts";
import { describeHosts } from "./requirements.ts";
import { sharedHost } from "./shared-host.ts";

describe("states of hosts", () => {
  const state = (paths: Record<string, string>): HostState =>
    new Map(
      Object.entries(paths).map(([path, content]) => [path, { type: "f", content, links: "1" }]),
    );
  const before = state({ "/kept": "a", "/edited": "old", "/removed": "x" });
  const after = state({ "/kept": "a", "/edited": "new", "/made": "y" });

  it("differ by what was made, removed and changed", () => {
    expect(differences(before, before)).toEqual([]);
    expect(differences(before, after)).toEqual([
      "~ /edited: content old → new",
      "+ /made: f y 1",
      "- /removed: f x 1",
    ]);
  });

  it("are explained where each thing is as before or as after", () => {
    const explanations = { before, after };
    expect(unexplained(before, explanations)).toEqual([]);
    expect(unexplained(after, explanations)).toEqual([]);
    const between = state({ "/kept": "a", "/edited": "new", "/removed": "x" });
    expect(unexplained(between, explanations)).toEqual([]);
    const torn = state({ "/edited": "ne", "/.made.hostkit-0a1b": "y" });
    expect(unexplained(torn, explanations)).toEqual([
      "/.made.hostkit-0a1b: f y 1; before: absent; after: absent",
      "/edited: f ne 1; before: f old 1; after: f new 1",
      "/kept: absent; before: f a 1; after: f a 1",
    ]);
  });

  it("count second links, which an open run explains", () => {
    const linked: HostState = new Map([["/kept", { type: "f", content: "a", links: "2" }]]);
    const single: HostState = new Map([["/kept", { type: "f", content: "a", links: "1" }]]);
    expect(differences(single, linked)).toEqual(["~ /kept: links 1 → 2"]);
    expect(unexplained(linked, { before: single, after: single })).toEqual([]);
  });
});

describeHosts("the state of a host", () => {
  const host = sharedHost({ name: "state" });
  const units = ["probe.service"];
  const look = () => hostState(host(), { units });
  const run = async (command: string) => {
    expect(await host().inside(command)).toMatchObject({ status: 0, stderr: "" });
  };
  let first: HostState;
  beforeAll(async () => {
    await run("touch /srv/file; mkdir /srv/dir; ln -s file /srv/link");
    first = await look();
  });

  it("has everything", () => {
    expect(first.size).toBeGreaterThan(5_000);
    expect(first.get("/srv/file")).toMatchObject({ type: "f", mode: "644", owner: "0:0" });
    expect(first.get("/srv/link")).toMatchObject({ type: "l", target: "file" });
    expect(first.get("account passwd:root")).toBeDefined();
    expect(first.get("unit probe.service")).toMatchObject({ LoadState: "not-found" });
  });

  it("is the same while nothing happens, and after it was put back", async () => {
    expect(differences(first, await look())).toEqual([]);
    await run("cp -a /srv/file /srv/new && mv /srv/new /srv/file && chmod 1 /srv/dir");
    await run("chmod 755 /srv/dir && useradd joe && userdel joe");
    expect(differences(first, await look())).toEqual([]);
  });

  it.each([
    ["echo x > /srv/file", ": > /srv/file", "~ /srv/file: content e3b0c44298fc1c14 → "],
    ["chmod 600 /srv/file", "chmod 644 /srv/file", "~ /srv/file: mode 644 → 600"],
    ["chown 7:8 /srv/dir", "chown 0:0 /srv/dir", "~ /srv/dir: owner 0:0 → 7:8"],
    ["ln -sfn other /srv/link", "ln -sfn file /srv/link", "~ /srv/link: target file → other"],
    ["ln /srv/file /opt/second", "rm /opt/second", "~ /srv/file: links 1 → 2"],
    ["touch '/srv/.file.hostkit-0a1b'", "rm /srv/.file.*", "+ /srv/.file.hostkit-0a1b: f 644 "],
    ["useradd joe", "userdel joe", "+ account passwd:joe: joe:x:1000:1000:"],
    [
      "systemd-run --quiet --unit=probe sleep 1000",
      "systemctl stop probe",
      "~ unit probe.service: LoadState not-found → loaded, ActiveState inactive → active",
    ],
  ])("shows %s", async (change, back, line) => {
    await run(change);
    expect(differences(first, await look()).join("\n")).toContain(line);
    await run(back);
    expect(differences(first, await look())).toEqual([]);
  });

  it("shows extended attributes, under odd names too", async () => {
    const odd = join(host().rootDirectory, "/srv/odd = näme\n");
    execFileSync("touch", [odd]);
    const before = await look();
    execFileSync("setfattr", ["-n", "trusted.note", "-v", "x", odd]);
    expect(differences(before, await look())).toEqual([
      '~ /srv/odd = näme\n: attributes none → trusted.note="x"',
    ]);
  });
});
