import { execFileSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { exposuresOf } from "../../../agent/host/exposure.ts";
import { HostFault, type CommandOptions } from "../../../agent/host/host.ts";
import { remarksOnUnits } from "../../../agent/resources/unit-remarks.ts";
import type { Host } from "../../../agent/host/host.ts";
import type { Difference } from "../../../shared/change.ts";
import { declare } from "../../support/declare.ts";

/** A host that answers every command alike, and remembers what it was given. */
function hostThat(answer: string | HostFault, uid = 0) {
  const scripts: string[] = [];
  const host: Pick<Host, "run" | "uid"> = {
    uid,
    run: async (_argv, { input = "" }: CommandOptions) => {
      scripts.push(input);
      if (answer instanceof HostFault) throw answer;
      return { status: 0, signal: null, stdout: answer, stderr: "" };
    },
  };
  return { host: host as Host, scripts };
}

const said = (name: string, verdict: string) =>
  `→ Overall exposure level for ${name}: ${verdict} :-)\n`;

describe("exposure", () => {
  it("is what systemd says of each unit, before and after", async () => {
    const { host, scripts } = hostThat(
      `${said("a.service", "9.6 UNSAFE")}--\n${said("a.service", "1.3 OK")}${said("b.service", "10.0 DANGEROUS")}--\n`,
    );
    const found = await exposuresOf(
      [
        new Map([["a.service", "old"]]),
        new Map([
          ["a.service", "new"],
          ["b.service", "new"],
        ]),
      ],
      host,
    );
    expect(found.map((each) => [...each])).toEqual([
      [["a.service", "9.6 UNSAFE"]],
      [
        ["a.service", "1.3 OK"],
        ["b.service", "10.0 DANGEROUS"],
      ],
    ]);
    expect(scripts).toHaveLength(1);
  });

  it("hands texts over as they are, whatever is in them", async () => {
    const { host, scripts } = hostThat("");
    const text = "a 'quoted' $HOME `date` \\n % \"x\" \n\tlast line without end";
    const name = String.raw`with\x2ddash@.service`;
    await exposuresOf([new Map([[name, text]])], host);
    const printed = scripts[0]?.split("\n").slice(4).join("\n") ?? "";
    const shown = printed
      .replace("mkdir /tmp/0", ":")
      .replaceAll(/>'\/tmp\/0\/.*'$/gm, "")
      .replaceAll(/^systemd-analyze.*$/gm, "");
    expect(execFileSync("sh", { input: shown, encoding: "utf8" })).toBe(`${text}--\n`);
    expect(scripts[0]).toContain(`'/tmp/0/${name}'`);
  });

  it("is not asked for where nothing would come of it", async () => {
    const root = hostThat("");
    expect(await exposuresOf([new Map(), new Map()], root.host)).toEqual([new Map(), new Map()]);
    const plain = hostThat("", 1000);
    await exposuresOf([new Map([["a.service", "x"]])], plain.host);
    expect([...root.scripts, ...plain.scripts]).toEqual([]);
  });

  it.each([
    ["an older systemd-analyze", "--\n"],
    ["nothing at all", ""],
    ["no unshare(1)", new HostFault({ code: "ENOENT", path: "unshare", message: "ENOENT" })],
  ])("is left out with %s", async (_what, answer) => {
    const { host } = hostThat(answer);
    const units = new Map([["a.service", "x"]]);
    expect(await exposuresOf([units], host)).toEqual([new Map()]);
  });
});

describe("remarks on units", () => {
  const of = (name: string, ...differences: Difference[]) => ({
    resource: declare.unit(name, {
      [name.endsWith(".timer") ? "timer" : "service"]: { ExecStart: "/bin/x" },
    }) as never,
    differences,
  });
  const content = (before: string | null, after: string | null) => ({
    field: "content",
    before,
    after,
  });

  it("say what was and what will be, of services whose file changes", async () => {
    const { host } = hostThat(
      `${said("a.service", "9.6 UNSAFE")}${said("b.service", "1.3 OK")}--\n${said("a.service", "1.3 OK")}${said("b.service", "1.3 OK")}${said("c.service", "4.0 OK")}--\n`,
    );
    expect(
      await remarksOnUnits(
        [
          of("a.service", content("old", "new")),
          of("b.service", content("old", "new")),
          of("c.service", content(null, "new")),
          of("gone.service", content("old", null)),
          of("started.service", { field: "active", before: "inactive", after: "active" }),
          of("unheard-of.service", content(null, "new")),
        ],
        host,
      ),
    ).toEqual([
      ["exposure: 9.6 UNSAFE -> 1.3 OK"],
      ["exposure: 1.3 OK"],
      ["exposure: 4.0 OK"],
      [],
      [],
      [],
    ]);
  });

  it("cost no process where no service's file changes", async () => {
    const { host, scripts } = hostThat("");
    const found = await remarksOnUnits(
      [
        of("a@.service", content(null, "new")),
        of("a.timer", content(null, "new")),
        of("a.service", { field: "enabled", before: "disabled", after: "enabled" }),
      ],
      host,
    );
    expect(found).toEqual([[], [], []]);
    expect(scripts).toEqual([]);
  });
});
