import { statSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { type Faults, installFaults } from "./fault.ts";
import { cc, describeHosts } from "./requirements.ts";
import { sharedHost } from "./shared-host.ts";
import { codesOf, sharedSite } from "./site.ts";

/** The instrument hits what it is aimed at, and nothing else. */

describeHosts(
  "a fault",
  () => {
    const host = sharedHost({ name: "faults" });
    const { remote, push, unfinished, agentGone } = sharedSite(host);
    let faults: Faults;
    beforeAll(async () => {
      faults = await installFaults(host());
    });
    afterEach(() => faults.disarm());

    let units = 0;
    /** A command in a unit like those of runs; what it says, and how it ended. */
    const inUnit = async (command: string, unit = `hostkit-run-${++units}`) => {
      const { status, stdout, stderr } = await host().ssh(
        `systemd-run --collect --wait --pipe --unit=${unit} ${command}`,
      );
      // The first line names the unit, which is not what a test compares.
      return { status, stdout, said: stderr.split("\n").slice(1).join("\n") };
    };
    const bytes = (path: string) => statSync(join(host().rootDirectory, path)).size;
    const struck = () => faults.struck().map(({ what, call, path }) => `${what} ${call} ${path}`);
    /** Ten bytes a write. */
    const dd = (path: string) => inUnit(`dd if=/dev/zero of=${path} bs=10 count=6 status=none`);

    describe("in the unit of a run", () => {
      it.each([
        ["kill@write#4", 30],
        ["kill-after@write#4", 40],
        ["tear@write#4", 35],
      ])("%s ends the process there", async (rule, size) => {
        faults.arm("exe=*/dd", rule);
        expect((await dd("/srv/written")).said).toContain("code=killed/status=KILL");
        expect(bytes("/srv/written")).toBe(size);
        expect(struck()).toEqual([`${rule.split("@")[0]} write /srv/written`]);
      });

      it("fails a call with the error that is asked for", async () => {
        faults.arm("exe=*/dd", "errno=ENOSPC@write#3 path=/srv/f*");
        const full = await dd("/srv/full");
        expect(full.status).toBe(1);
        expect(full.said).toContain("error writing '/srv/full': No space left on device");
        expect(bytes("/srv/full")).toBe(20);
        expect((await dd("/srv/elsewhere")).status).toBe(0);
        expect(struck()).toEqual(["errno write /srv/full"]);
      });

      /** dash writes each line by itself and goes on after a failure. */
      const lines = `sh -c 'for i in 1 2 3 4 5; do echo $i >> /srv/lines; done; cat /srv/lines; rm /srv/lines'`;
      it.each([
        ["errno=EIO@write#3 path=/srv/lines", "1\n2\n4\n5\n"],
        ["errno=EIO@write#3 path=/srv/lines sticky", "1\n2\n"],
        ["errno=EROFS@*#5 path=/srv/lines sticky", "1\n2\n"],
        ["errno=EACCES@open#2 path=/srv/lines; errno=EIO@write#2", "1\n4\n5\n"],
      ])("%s hits once or always", async (rule, left) => {
        faults.arm("exe=*/dash", rule);
        expect((await inUnit(lines)).stdout).toBe(left);
      });

      it("stops a process until somebody lets it go on", async () => {
        faults.arm("exe=*/dd", "stop@write#3");
        const ended = dd("/srv/stopped");
        await expect.poll(() => faults.struck().length, { timeout: 10_000 }).toBe(1);
        const [event] = faults.struck();
        const status = `/proc/${event?.pid}/stat`;
        expect(await remote(`cut -d' ' -f3 ${status}; kill -CONT ${event?.pid}`)).toBe("T\n");
        expect((await ended).status).toBe(0);
        expect(bytes("/srv/stopped")).toBe(60);
      });

      it("counts what changes files, by call and path", async () => {
        faults.arm("exe=*/dd", "count");
        await dd("/srv/counted");
        const calls = faults.calls().map(({ call, path }) => `${call} ${path}`);
        expect(calls).toEqual([
          "open /srv/counted",
          ...Array.from({ length: 6 }, () => "write /srv/counted"),
        ]);
        expect(struck()).toEqual([]);
      });

      it("is not inherited by children", async () => {
        faults.arm("exe=*/dash", "kill@write");
        const { stdout } = await inUnit("sh -c '/usr/bin/env; /bin/cp /etc/hostname /srv/copy'");
        expect(stdout).not.toMatch(/LD_PRELOAD|HOSTKIT_FAULT/);
        expect(bytes("/srv/copy")).toBeGreaterThan(0);
      });

      it("leaves other units and other programs alone", async () => {
        faults.arm("kill@*", "errno=EIO@* sticky");
        expect((await dd("/srv/spared")).status).toBe(0);
        faults.arm("exe=*/dd", "kill@*");
        const other = await inUnit("dd if=/dev/zero of=/srv/spared count=1 status=none", "other");
        expect(other.status).toBe(0);
        expect(struck()).toEqual([]);
      });

      it("refuses what it does not understand", async () => {
        faults.arm("exe=*/dd", "kill@flush#1");
        const refused = await dd("/srv/never");
        expect(refused.status).toBe(125);
        expect(refused.said).toContain("fault.so: no such call: flush");
      });
    });

    describe("in the agent that carries out a run", () => {
      const files = Array.from(
        { length: 5 },
        (_, index) => `p.file("/srv/pushed/${index}", { content: "${index}" });`,
      );
      const body = files.join("\n");
      afterEach(async () => {
        await remote("rm -rf /srv/pushed");
      });
      const isAsBefore = async () => {
        await agentGone();
        expect(await unfinished()).toBe("");
        expect(await remote("find /srv -name 'pushed*'")).toBe("");
      };

      it("counts every call, also those of other threads", async () => {
        faults.arm("count");
        expect((await push({ body })).status).toBe(0);
        await agentGone();
        const calls = faults.calls();
        const count = (wanted: string, pattern: RegExp) =>
          calls.filter(({ call, path }) => call === wanted && pattern.test(path)).length;
        const temporary = /^\/srv\/pushed\/\.\d\.hostkit-\w+$/;
        expect(count("mkdir", /^\/srv\/pushed$/)).toBeGreaterThan(0);
        expect(count("open", temporary)).toBe(5);
        expect(count("write", temporary)).toBe(5);
        expect(count("chmod", temporary)).toBe(5);
        expect(count("fsync", temporary)).toBe(5);
        expect(count("link", /^\/srv\/pushed\/\d$/)).toBe(5);
        expect(count("unlink", temporary)).toBe(5);
        expect(count("fsync", /^\/srv\/pushed$/)).toBe(1);
        expect(count("fsync", /\/journal\.jsonl$/)).toBeGreaterThan(0);
        expect(count("write", /\/journal\.jsonl$/)).toBeGreaterThan(0);
        expect(new Set(calls.map(({ pid }) => pid)).size).toBe(1);
      });

      it.each(["kill@link#3 path=/srv/pushed/*", "tear@write#3 path=*/journal.jsonl once"])(
        "%s ends the run, which is taken back by another agent",
        async (rule) => {
          faults.arm(rule);
          const result = await push({ body });
          expect(result.status, result.stderr).toBe(8);
          expect(codesOf(result)).toEqual(["HK4045"]);
          expect(faults.struck()).toHaveLength(1);
          await isAsBefore();
        },
      );

      it("hits the agent that takes the place of a killed one as well", async () => {
        faults.arm("kill@write#3 path=*/journal.jsonl");
        const result = await push({ body });
        expect(result.status, result.stderr).toBe(7);
        expect(faults.struck()).toHaveLength(2);
        faults.disarm();
        expect((await push({ body })).status).toBe(0);
      });

      it("fills the disk", async () => {
        faults.arm("errno=ENOSPC@write#4 path=/srv/pushed/* sticky");
        const result = await push({ body });
        expect(result.status, result.stderr).toBe(8);
        expect(result.stderr).toContain("ENOSPC");
        await isAsBefore();
      });

      it("reaches those of a login too, where that is asked for", async () => {
        faults = await installFaults(host(), { into: "runs-and-sessions" });
        faults.arm("count");
        const result = await push({ body });
        expect(result.status, result.stderr).toBe(0);
        await agentGone();
        expect(new Set(faults.calls().map(({ pid }) => pid)).size).toBeGreaterThan(1);
      });
    });

    it("is off the host when it is removed", async () => {
      await faults.remove();
      expect(
        await remote(
          "ls -d /opt/hostkit-fault /etc/systemd/system/hostkit-run-.service.d /etc/ld.so.preload 2>/dev/null || true",
        ),
      ).toBe("");
    });
  },
  cc,
);
