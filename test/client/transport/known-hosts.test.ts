import { execFileSync, spawnSync } from "node:child_process";
import { createHmac } from "node:crypto";
import { appendFileSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { describe, expect, it } from "vitest";

import {
  findKnownKeys,
  knownHostName,
  parseKnownHosts,
} from "../../../client/transport/host-key/known-hosts.ts";
import {
  readKnownHosts,
  recordHostKey,
} from "../../../client/transport/host-key/known-hosts-files.ts";
import { createScratch, failure, findProgram } from "./scratch.ts";

const KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f";

function hashed(name: string): string {
  const salt = Buffer.from("0123456789abcdefghij");
  const hash = createHmac("sha1", salt).update(name).digest("base64");
  return `|1|${salt.toString("base64")}|${hash}`;
}

interface Case {
  readonly names: string;
  readonly host: string;
  readonly port?: number;
  readonly matches: boolean;
}

const CASES: readonly Case[] = [
  { names: "app.example.com", host: "app.example.com", matches: true },
  { names: "app.example.com", host: "APP.Example.com", matches: true },
  { names: "App.Example.COM", host: "app.example.com", matches: true },
  { names: "app.example.com", host: "app.example.com", port: 2222, matches: false },
  { names: "[app.example.com]:2222", host: "app.example.com", port: 2222, matches: true },
  { names: "[app.example.com]:2222", host: "app.example.com", matches: false },
  { names: "[app.example.com]:2222", host: "app.example.com", port: 2223, matches: false },
  { names: "other,app.example.com,10.0.0.1", host: "10.0.0.1", matches: true },
  { names: "*.example.com", host: "app.example.com", matches: true },
  { names: "*.example.com", host: "example.com", matches: false },
  { names: "*.example.com", host: "app.example.com", port: 2222, matches: false },
  { names: "[*.example.com]:2222", host: "app.example.com", port: 2222, matches: true },
  { names: "[*.example.com]:*", host: "app.example.com", port: 2222, matches: true },
  { names: "*", host: "app.example.com", port: 2222, matches: true },
  { names: "app?.example.com", host: "app1.example.com", matches: true },
  { names: "app?.example.com", host: "app.example.com", matches: false },
  { names: "app.example.com", host: "appXexample.com", matches: false },
  { names: "*.example.com,!app.example.com", host: "app.example.com", matches: false },
  { names: "!app.example.com,*.example.com", host: "app.example.com", matches: false },
  { names: "!app.example.com,*.example.com", host: "web.example.com", matches: true },
  { names: "!web.example.com", host: "app.example.com", matches: false },
  { names: "::1", host: "::1", matches: true },
  { names: "[::1]:2222", host: "::1", port: 2222, matches: true },
  { names: "2001:db8::*", host: "2001:db8::7", matches: true },
  { names: hashed("app.example.com"), host: "app.example.com", matches: true },
  { names: hashed("app.example.com"), host: "web.example.com", matches: false },
  { names: hashed("app.example.com"), host: "app.example.com", port: 2222, matches: false },
  { names: hashed("[app.example.com]:2222"), host: "app.example.com", port: 2222, matches: true },
];

function findByHostKit({ names, host, port = 22 }: Case): number {
  return findKnownKeys(parseKnownHosts("known_hosts", `${names} ${KEY}\n`), { host, port }).keys
    .length;
}

describe("the names of a known_hosts line", () => {
  it.each(CASES)("$names for $host port $port: $matches", (each) => {
    expect(findByHostKit(each)).toBe(each.matches ? 1 : 0);
  });

  it.skipIf(findProgram("ssh-keygen") === undefined)(
    "are read as OpenSSH reads them (needs openssh-client)",
    () => {
      using scratch = createScratch();
      const file = join(scratch.path, "known_hosts");
      for (const each of CASES) {
        writeFileSync(file, `${each.names} ${KEY}\n`);
        const name = knownHostName({ host: each.host, port: each.port ?? 22 });
        const found = spawnSync("ssh-keygen", ["-F", name, "-f", file]).status === 0;
        expect(found, `${each.names} for ${name}`).toBe(each.matches);
      }
    },
  );

  it.skipIf(findProgram("ssh-keygen") === undefined)(
    "match when ssh-keygen has hashed them (needs openssh-client)",
    () => {
      using scratch = createScratch();
      const file = join(scratch.path, "known_hosts");
      writeFileSync(file, `app.example.com ${KEY}\n[app.example.com]:2222 ${KEY}\n`);
      execFileSync("ssh-keygen", ["-q", "-H", "-f", file], { stdio: "ignore" });
      const lines = parseKnownHosts(file, readFileSync(file, "utf8"));
      expect(lines.every((each) => each.names.startsWith("|1|"))).toBe(true);
      for (const port of [22, 2222])
        expect(findKnownKeys(lines, { host: "app.example.com", port }).keys).toHaveLength(1);
    },
  );
});

describe("a known_hosts file", () => {
  it("is read past comments, blank lines, CRLF, SSH 1 keys, damaged lines and unknown markers", () => {
    const text = [
      "# a comment",
      "",
      "  \t",
      "app.example.com 1024 35 1234567890",
      "app.example.com ssh-ed25519 AAAA",
      `@future app.example.com ${KEY}`,
      "app.example.com ssh-rsa",
      `app.example.com ${KEY.replace("ssh-ed25519", "ssh-rsa")}`,
      `\tapp.example.com\t${KEY} root@app with a comment\r`,
    ].join("\n");
    const found = findKnownKeys(parseKnownHosts("f", text), { host: "app.example.com", port: 22 });
    expect(found.keys.map((each) => each.line)).toEqual([9]);
  });

  it("keeps markers apart, and a revocation without port counts for every port", () => {
    const text = [`@cert-authority *.example.com ${KEY}`, `@revoked * ${KEY}`, `web ${KEY}`].join(
      "\n",
    );
    const at = (host: string, port: number) => {
      const { keys, revoked, authorities, onDefaultPort } = findKnownKeys(
        parseKnownHosts("f", text),
        { host, port },
      );
      return [keys.length, revoked.length, authorities.length, onDefaultPort.length];
    };
    expect(at("app.example.com", 22)).toEqual([0, 1, 1, 0]);
    expect(at("web", 22)).toEqual([1, 1, 0, 0]);
    // `*` matches `[web]:2222` as well as `web`.
    expect(at("web", 2222)).toEqual([0, 2, 0, 1]);
  });

  it("that is missing is empty, and one that cannot be read is an error", async () => {
    using scratch = createScratch();
    expect(await readKnownHosts([join(scratch.path, "missing")])).toEqual([]);
    const { code, detail } = await failure(readKnownHosts([scratch.path]));
    expect(code).toBe("HK2015");
    expect(detail).toContain(scratch.path);
  });

  it("gets a new key on a line of its own, in a directory made for it", async () => {
    using scratch = createScratch();
    const file = join(scratch.path, "dot-ssh", "known_hosts");
    const [keyType = "", encoded = ""] = KEY.split(" ");
    const key = { keyType, key: Buffer.from(encoded, "base64") };
    recordHostKey(file, { host: "app", port: 22 }, key);
    appendFileSync(file, "# no newline");
    recordHostKey(file, { host: "app", port: 2222 }, key);
    expect(readFileSync(file, "utf8")).toBe(`app ${KEY}\n# no newline\n[app]:2222 ${KEY}\n`);
    const lines = await readKnownHosts([file]);
    expect(findKnownKeys(lines, { host: "app", port: 2222 }).keys).toHaveLength(1);
  });

  it("that cannot be written is an error", async () => {
    using scratch = createScratch();
    const file = join(scratch.path, "file");
    writeFileSync(file, "");
    const key = { keyType: "ssh-ed25519", key: Buffer.alloc(51) };
    const { code } = await failure(
      Promise.resolve().then(() =>
        recordHostKey(join(file, "known_hosts"), { host: "a", port: 22 }, key),
      ),
    );
    expect(code).toBe("HK2016");
  });
});
