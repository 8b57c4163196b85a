import { describe, expect, it } from "vitest";
import { parsePolicy, POLICY_PATH } from "../../../agent/policy/policy.ts";
import { readPolicy } from "../../../agent/policy/read-policy.ts";
import { failure } from "../../client/transport/scratch.ts";
import { MemoryHost } from "../../support/memory-host/memory-host.ts";

const LIST = "/etc/hostkit/allowed_signers";
const SIGNED = { version: 1, signatures: { allowedSigners: LIST } };
const ROOTS = { uid: 0, gid: 0, mode: 0o644 };

function hostWith(policy: unknown, list: string | undefined = "alice ssh-ed25519 AAAA\n") {
  const host = new MemoryHost();
  host.put(POLICY_PATH, typeof policy === "string" ? policy : JSON.stringify(policy));
  if (list !== undefined) host.put(LIST, list);
  return host;
}

const refusal = (host: MemoryHost) => failure(readPolicy(host));

describe("the policy of a host", () => {
  it("is none where there is no file, and costs one look", async () => {
    const host = new MemoryHost();
    const before = host.calls;
    expect(await readPolicy(host)).toBeNull();
    expect(host.calls - before).toBe(1);
  });

  it("is read with the list it names", async () => {
    expect(await readPolicy(hostWith({ version: 1 }))).toEqual({ version: 1 });
    expect(await readPolicy(hostWith(SIGNED, "alice\n"))).toEqual({
      version: 1,
      signatures: { allowedSigners: LIST, minimum: 1 },
      allowedSigners: "alice\n",
    });
  });

  it("is nothing to an agent that is not root", async () => {
    const host = hostWith("{");
    host.become(1000);
    expect(await readPolicy(host)).toBeNull();
  });

  it.each([
    ["is another's", { ...ROOTS, uid: 1000 }, /policy\.json belongs to uid 1000, not to root/],
    ["can be written by its group", { ...ROOTS, mode: 0o664 }, /its mode is 0664/],
    ["can be written by all", { ...ROOTS, mode: 0o646 }, /its mode is 0646 \(`chmod go-w`\)/],
  ])("is not trusted when its file %s", async (_how, metadata, why) => {
    const host = hostWith({ version: 1 });
    host.tree.setMetadata(POLICY_PATH, metadata);
    const told = await refusal(host);
    expect(told).toMatchObject({ code: "HK4110", detail: expect.stringMatching(why) as string });
    expect(told.detail).toMatch(/can't be told, so nothing is\. Put it right on the host, as root/);
  });

  it.each(["/etc", "/etc/hostkit", "/"])(
    "is not trusted when others can write to %s",
    async (at) => {
      const host = hostWith({ version: 1 });
      host.tree.setMetadata(at, { uid: 0, gid: 0, mode: 0o777 });
      expect(await refusal(host)).toMatchObject({
        code: "HK4110",
        detail: expect.stringMatching(new RegExp(`^${at} can be written by others`)) as string,
      });
    },
  );

  it("is not trusted when it is a link, or no file, or its directory is a link", async () => {
    const link = new MemoryHost();
    link.put("/srv/policy.json", '{"version":1}');
    link.tree.ensureDirectory("/etc/hostkit");
    link.tree.putSymlink(POLICY_PATH, "/srv/policy.json");
    expect((await refusal(link)).detail).toMatch(/is a symbolic link/);
    const directory = new MemoryHost();
    directory.tree.ensureDirectory(POLICY_PATH);
    expect((await refusal(directory)).detail).toMatch(/policy\.json is no file/);
    const below = new MemoryHost();
    below.put("/srv/hostkit/policy.json", '{"version":1}');
    below.tree.putSymlink("/etc/hostkit", "/srv/hostkit");
    expect((await refusal(below)).detail).toMatch(/^\/etc\/hostkit is a symbolic link/);
  });

  it.each([
    ["", /it is not whole JSON/],
    ['{"version":1', /it is not whole JSON/],
    ["[]", /at the top/],
    ["null", /at the top/],
    ["{}", /at version/],
    ['{"version":"1"}', /at version/],
    ['{"version":1,"signature":{}}', /"signature"/],
    ['{"version":1,"signatures":{}}', /at signatures → allowedSigners/],
    ['{"version":1,"signatures":{"allowedSigners":"keys"}}', /must be an absolute path/],
    [`{"version":1,"signatures":{"allowedSigners":"${LIST}","minimum":0}}`, /→ minimum/],
    [`{"version":1,"signatures":{"allowedSigners":"${LIST}","minimum":1.5}}`, /→ minimum/],
    ['{"version":1,"refuse":{"kinds":["acount"]}}', /at refuse → kinds → 0/],
    ['{"version":1,"refuse":{"actions":["none"]}}', /at refuse → actions → 0/],
    ['{"version":1,"refuse":{"kind":["file"]}}', /"kind"/],
  ])("is never guessed: %s", async (text, why) => {
    const told = await refusal(hostWith(text));
    expect(told).toMatchObject({ code: "HK4111", detail: expect.stringMatching(why) as string });
  });

  it("of a later version is told to be that", async () => {
    expect(await refusal(hostWith({ version: 2, more: true }))).toMatchObject({
      code: "HK4112",
      detail: expect.stringContaining("its version is 2, and this agent knows 1"),
    });
  });

  it("that is no text, or far too long, is refused", async () => {
    const host = hostWith({ version: 1 });
    host.tree.putFile(POLICY_PATH, Uint8Array.of(0xff, 0xfe), ROOTS);
    expect((await refusal(host)).detail).toMatch(/is not text/);
    expect((await refusal(hostWith(" ".repeat(2 << 20)))).detail).toMatch(/is larger than/);
  });

  it("is refused when its list of signers is missing, or not root's alone", async () => {
    const missing = hostWith(SIGNED);
    await missing.removeFile(LIST);
    expect(await refusal(missing)).toMatchObject({
      code: "HK4116",
      detail: expect.stringContaining(`${LIST} does not exist`),
    });
    const open = hostWith(SIGNED);
    open.tree.setMetadata(LIST, { ...ROOTS, mode: 0o666 });
    expect(await refusal(open)).toMatchObject({ code: "HK4116" });
  });

  it("may refuse any kind and action there is", () => {
    const refuse = { kinds: ["account", "file", "unit"], actions: ["delete", "restart", "run"] };
    expect(parsePolicy(JSON.stringify({ version: 1, refuse }))).toEqual({
      policy: { version: 1, refuse },
    });
  });
});
