import { afterEach, expect, it } from "vitest";
import { describeHosts } from "./support/requirements.ts";
import { sharedHost } from "./support/shared-host.ts";
import { codesOf, messageOf, sharedSite, isExplained } from "./support/site.ts";

/** Disks that refuse a change: the old file stays, no half of a new one is left, and what is said is true. */

describeHosts("a disk", () => {
  const host = sharedHost({ name: "disks" });
  const { remote, push, unfinished, hostkit } = sharedSite(host);
  const SPOOL = "/var/lib/hostkit/spool";

  afterEach(async () => {
    await remote(
      `for m in /srv/small /srv/other /srv/mounted ${SPOOL}; do if mountpoint -q $m; then umount $m; fi; done`,
    );
  });

  it("that is full leaves the old file", async () => {
    await remote(
      "mkdir /srv/small; mount -t tmpfs -o size=1M none /srv/small; echo old >/srv/small/file",
    );
    const big = `p.file("/srv/small/file", { content: "y".repeat(2_000_000), dependsOn: [first] });`;
    const contents = () => remote("cat /srv/small/file; ls -A /srv/small");

    const partial = await push({
      body: `const first = p.file("/srv/first", { content: "" }); ${big}`,
    });
    expect(codesOf(partial)).toEqual(["HK4020"]);
    expect(messageOf(partial)).toMatch(/\/srv\/small\/file: ENOSPC.*disk is full.*left as it was/);
    expect(partial.stdout).toContain("rolled back");
    expect(partial.status).toBe(8);
    expect(await contents()).toBe("old\nfile\n");
    expect(await remote("find /srv -name first")).toBe("");

    const untouched = await push({
      body: `const first = p.directory("/srv"); ${big}`,
    });
    expect(codesOf(untouched)).toEqual(["HK4020"]);
    expect(untouched.stdout).toContain("Failed before anything was changed");
    expect(untouched.status).toBe(1);
    expect(await contents()).toBe("old\nfile\n");
    expect(await unfinished()).toBe("");
  });

  it("that is another than the one of the records gets its files back as they were", async () => {
    await remote(
      "mkdir -p /srv/other; mount -t tmpfs none /srv/other; echo old >/srv/other/file; chown daemon:mail /srv/other/file; chmod 4710 /srv/other/file; touch -d 2001-02-03T04:05:06Z /srv/other/file",
    );
    const look = () =>
      remote("stat -c '%A %U %G %Y' /srv/other/file; cat /srv/other/*; ls -A /srv/other");
    const before = await look();
    const file = `const file = p.file("/srv/other/file", { content: "new\\n" });`;
    const failing = `p.unit("broken.service", { service: { ExecStart: argv("/bin/false") }, active: true, dependsOn: [file] });`;
    const failed = await push({ body: file + failing });
    expect(failed.status, failed.stderr).toBe(8);
    expect(await look()).toBe(before);

    expect((await push({ body: file })).status).toBe(0);
    expect(await look()).toContain("new\n");
    expect((await hostkit("rollback", "--host", "app", "--yes")).status).toBe(0);
    expect(await look()).toBe(before);
    expect(await unfinished()).toBe("");
  });

  it("that is full where large contents wait is told, with nothing changed", async () => {
    const body = `p.file("/srv/large", { content: "y".repeat(10_000_000) });`;
    await remote(`mkdir -p ${SPOOL}; mount -t tmpfs -o size=1M none ${SPOOL}`);
    const result = await push({ body });
    expect(codesOf(result)).toEqual(["HK3014"]);
    isExplained(result);
    expect(messageOf(result)).toMatch(new RegExp(`${SPOOL}/.*ENOSPC.*Nothing was changed`));
    expect(result.status).toBe(1);
    expect(await remote(`ls -A ${SPOOL}; find /srv -name large`)).toBe("");
    await remote(`umount ${SPOOL}`);
    expect((await push({ body })).status).toBe(0);
    expect(await unfinished()).toBe("");
  });

  it("that keeps a file as it is", async (context) => {
    await remote("echo old >/srv/fixed");
    const { status, stderr } = await host().ssh("chattr +i /srv/fixed");
    if (status !== 0) {
      process.stderr.write(`Skipped: files can't be made immutable here: ${stderr}`);
      context.skip("files can't be made immutable here");
    }
    const body = `p.file("/srv/fixed", { content: "new\\n" });`;
    const result = await push({ body });
    expect(codesOf(result)).toEqual(["HK4020"]);
    isExplained(result);
    expect(messageOf(result)).toMatch(/\/srv\/fixed: EPERM.*chattr -i/);
    expect(result.status).toBe(1);
    expect(await remote("cat /srv/fixed; chattr -i /srv/fixed")).toBe("old\n");
    expect(await unfinished()).toBe("");
    expect((await push({ body })).status).toBe(0);
    expect(await remote("cat /srv/fixed")).toBe("new\n");
  });

  it("with a mount in place of the file is told from others", async () => {
    await remote(
      "echo under >/srv/under; touch /srv/mounted; mount --bind /srv/under /srv/mounted",
    );
    const result = await push({ body: `p.file("/srv/mounted", { content: "new\\n" });` });
    expect(codesOf(result)).toEqual(["HK4020"]);
    expect(messageOf(result)).toMatch(/\/srv\/mounted: EBUSY.*mount point/);
    expect(result.status).toBe(1);
    expect(await remote("cat /srv/under /srv/mounted")).toBe("under\nunder\n");
    expect(await unfinished()).toBe("");
  });
});
