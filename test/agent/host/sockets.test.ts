import { createServer } from "node:net";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { expect, it, test } from "vitest";
import { createLinuxHost } from "../../../agent/host/linux.ts";
import { boundPorts, holdersOf, isAny, parseAddress } from "../../../agent/host/sockets.ts";

test.each([
  ["127.0.0.1", 4, "7f000001"],
  ["0.0.0.0", 4, "00000000"],
  ["::", 6, "0".repeat(32)],
  ["::1", 6, `${"0".repeat(31)}1`],
  ["2001:db8::7", 6, "20010db8000000000000000000000007"],
  ["fe80:1:2:3:4:5:6:7", 6, "fe800001000200030004000500060007"],
])("%s", (text, family, bytes) => {
  expect(parseAddress(text)).toEqual({ family, bytes });
  expect(isAny(parseAddress(text))).toBe(text === "0.0.0.0" || text === "::");
});

it("finds what this very process listens on, and that it is this one", async () => {
  const host = createLinuxHost();
  const server = createServer().listen(0, "127.0.0.1");
  const datagrams = createSocket("udp6").bind(0, "::1");
  try {
    await Promise.all([once(server, "listening"), once(datagrams, "listening")]);
    const { port } = server.address() as { port: number };
    const bound = await boundPorts(host);
    const own = bound.filter((one) => one.port === port && one.protocol === "tcp");
    expect(own).toMatchObject([{ family: 4, bytes: "7f000001" }]);
    expect(
      bound.find((one) => one.port === datagrams.address().port && one.protocol === "udp"),
    ).toMatchObject(parseAddress("::1"));
    const holders = await holdersOf(new Set(own.map(({ inode }) => inode)), host);
    expect([...holders.values()].map(({ pid }) => pid)).toEqual([process.pid]);
  } finally {
    server.close();
    datagrams.close();
  }
});

it("of a file system tells room, and the directory that is there", async () => {
  const host = createLinuxHost();
  const [there, below] = await host.fileSystems(["/", "/nowhere/at/all"]);
  expect(there).toMatchObject({ readOnly: false });
  expect(there!.free).toBeGreaterThan(0);
  expect(below?.device).toBe(there?.device);
  const [proc] = await host.fileSystems(["/proc/self/status/x"]);
  expect(proc?.device).not.toBe(there?.device);
});
