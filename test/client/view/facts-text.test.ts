import { expect, test } from "vitest";
import type { Facts } from "../../../shared/facts.ts";
import { factsText } from "../../../client/view/facts-text.ts";
import { createPaint } from "../../../client/view/paint.ts";

const HOST = { host: "app", label: "root@app.example.com:22", target: "--host app" };

export const FACTS: Facts = {
  host: {
    hostname: "app",
    machineId: "0123456789abcdef0123456789abcdef",
    bootId: "0a1b",
    uptime: 93_784,
    init: "systemd",
    virtualization: "kvm",
  },
  os: { id: "ubuntu", versionId: "24.04", name: "Ubuntu 24.04 LTS", idLike: ["debian"] },
  kernel: { release: "6.8.0", arch: "x86_64" },
  libc: { family: "glibc", version: "2.39" },
  cpu: { model: "EPYC", cores: 4 },
  memory: { total: 8 * 1024 ** 3, available: 5.5 * 1024 ** 3, swapTotal: 0 },
  disks: [{ mount: "/", device: "/dev/vda1", type: "ext4", size: 40e9, available: 21e9 }],
  network: [
    { name: "lo", mac: "", addresses: ["127.0.0.1", "::1"] },
    { name: "eth0", mac: "52:54:00:00:00:01", addresses: [] },
  ],
  users: [
    { name: "root", uid: 0, shell: "/bin/bash" },
    { name: "deploy\u001b[2J", uid: 1000, shell: "/bin/sh" },
  ],
};

test("all sections", () => {
  const lines = factsText(HOST, FACTS, createPaint({ colour: false }));
  expect(lines.join("\n")).toMatchInlineSnapshot(`
    "app (root@app.example.com:22)

    host
      hostname        app
      machine id      0123456789abcdef0123456789abcdef
      boot id         0a1b
      up for          26 h 03 min
      init            systemd
      virtualization  kvm

    os
      name     Ubuntu 24.04 LTS
      id       ubuntu, like debian
      version  24.04

    kernel
      release       6.8.0
      architecture  x86_64

    libc
      glibc  2.39

    cpu
      model  EPYC
      cores  4

    memory
      total      8.0 GiB
      available  5.5 GiB
      swap       none

    disks
      /  19.6 GiB free of 37.3 GiB (/dev/vda1, ext4)

    network
      lo    127.0.0.1, ::1
      eth0  no address  52:54:00:00:00:01

    users
      root    0  /bin/bash
      deploy  1000  /bin/sh"
  `);
});

test("only what was asked for; an empty list is said", () => {
  const lines = factsText(HOST, { disks: [], cpu: FACTS.cpu }, createPaint({ colour: false }));
  expect(lines).toEqual([
    "app (root@app.example.com:22)",
    "",
    "cpu",
    "  model  EPYC",
    "  cores  4",
    "",
    "disks: none",
  ]);
});
