import { describe, expect, it } from "vitest";

import { fingerprint, parsePin } from "../../../client/transport/host-key/fingerprint.ts";
import { hostKeyAlgorithms } from "../../../client/transport/host-key/algorithms.ts";
import { createHostKeyCheck } from "../../../client/transport/host-key/check.ts";
import { findKnownKeys, parseKnownHosts } from "../../../client/transport/host-key/known-hosts.ts";
import { type HostKeyPolicy, judgeHostKey } from "../../../client/transport/host-key/policy.ts";
import { makeHostKey } from "./ssh2-server.ts";
import { failure } from "./scratch.ts";

const shown = makeHostKey("ed25519");
const other = makeHostKey("ed25519");
const rsa = makeHostKey("rsa");

function policy(lines: readonly string[], extra: Partial<HostKeyPolicy> = {}): HostKeyPolicy {
  const address = { host: "app.example.com", port: 22 };
  const known = findKnownKeys(parseKnownHosts("/home/me/known_hosts", lines.join("\n")), address);
  return { address, known, unknownHost: "refuse", files: ["/home/me/known_hosts"], ...extra };
}

function judge(from: HostKeyPolicy): { kind: string; code?: string; detail?: string } {
  const verdict = judgeHostKey(from, shown.publicKey);
  if (verdict.kind !== "refused") return { kind: verdict.kind };
  const [diagnostic] = verdict.error.diagnostics;
  return { kind: "refused", code: diagnostic?.code ?? "", detail: diagnostic?.detail ?? "" };
}

describe("a presented host key", () => {
  it("is accepted when it is on record", () => {
    expect(judge(policy([`app.example.com ${rsa.line}`, `app.example.com ${shown.line}`]))).toEqual(
      {
        kind: "accepted",
      },
    );
  });

  it("is refused when nothing is on record, with the command that adds it", () => {
    const { code, detail } = judge(policy([]));
    expect(code).toBe("HK2010");
    expect(detail).toContain(fingerprint(shown.publicKey));
    expect(detail).toContain(`echo 'app.example.com ${shown.line}' >> /home/me/known_hosts`);
    expect(detail).toContain(`hostKey: "${fingerprint(shown.publicKey)}"`);
  });

  it("is refused as unknown on another port, with a hint at the key of port 22", () => {
    const address = { host: "app.example.com", port: 2222 };
    const lines = parseKnownHosts("f", `app.example.com ${shown.line}`);
    const { code, detail } = judge(policy([], { address, known: findKnownKeys(lines, address) }));
    expect(code).toBe("HK2010");
    expect(detail).toContain(
      "f:1 has a ssh-ed25519 key for the same host on port 22, the same key",
    );
    expect(detail).toContain(`echo '[app.example.com]:2222 ${shown.line}'`);
  });

  it("is refused when another is on record, with both fingerprints and the line", () => {
    const { code, detail } = judge(policy(["# first", `app.example.com ${other.line}`]));
    expect(code).toBe("HK2011");
    expect(detail).toContain(fingerprint(shown.publicKey));
    expect(detail).toContain(`${fingerprint(other.publicKey)} at /home/me/known_hosts:2`);
    expect(detail).toContain("ssh-keygen -R 'app.example.com' -f /home/me/known_hosts");
  });

  it("counts as changed when only a key of another kind is on record, even where new hosts are recorded", () => {
    const lines = [`app.example.com ${rsa.line}`];
    expect(judge(policy(lines, { unknownHost: "record" })).code).toBe("HK2011");
  });

  it("is refused when it is revoked, whatever else allows it", () => {
    const lines = [`app.example.com ${shown.line}`, `@revoked * ${shown.line}`];
    expect(judge(policy(lines)).code).toBe("HK2012");
    expect(judge(policy(lines, { pin: fingerprint(shown.publicKey) })).code).toBe("HK2012");
    expect(judge(policy([`@revoked * ${other.line}`, `app.example.com ${shown.line}`])).kind).toBe(
      "accepted",
    );
  });

  it("is refused with an explanation when there is only a certificate authority", () => {
    const { code, detail } = judge(policy([`@cert-authority *.example.com ${other.line}`]));
    expect(code).toBe("HK2013");
    expect(detail).toContain("/home/me/known_hosts:1");
  });

  it("is compared with the pin alone when there is one", () => {
    const changed = [`app.example.com ${other.line}`];
    expect(judge(policy(changed, { pin: fingerprint(shown.publicKey) })).kind).toBe("accepted");
    const { code, detail } = judge(
      policy([`app.example.com ${shown.line}`], { pin: fingerprint(other.publicKey) }),
    );
    expect(code).toBe("HK2014");
    expect(detail).toContain(fingerprint(shown.publicKey));
    expect(detail).toContain(fingerprint(other.publicKey));
  });

  it("is accepted for recording only when asked for", () => {
    expect(judge(policy([], { unknownHost: "record" })).kind).toBe("accepted-unrecorded");
  });
});

describe("a pin", () => {
  it("is taken with or without padding", () => {
    const pin = fingerprint(shown.publicKey);
    expect(parsePin(pin)).toBe(pin);
    expect(parsePin(` ${pin}= `)).toBe(pin);
  });

  it.each(["", "SHA256:", "MD5:aa:bb", "SHA256:short", "ssh-ed25519 AAAA"])(
    "is refused when it is %j",
    async (pin) => {
      const { code } = await failure(Promise.resolve().then(() => parsePin(pin)));
      expect(code).toBe("HK2017");
    },
  );
});

describe("a rekey", () => {
  it("is accepted with the same key only, without another decision", () => {
    const kinds: string[] = [];
    const check = createHostKeyCheck(policy([`app.example.com ${shown.line}`]), (kind) =>
      kinds.push(kind),
    );
    expect(check.accepts(shown.publicKey)).toBe(true);
    expect(check.accepts(shown.publicKey)).toBe(true);
    expect(check.accepts(other.publicKey)).toBe(false);
    expect(kinds).toEqual(["ssh-ed25519"]);
  });
});

describe("the order of host key algorithms", () => {
  it("asks first for the kinds on record, and never for SHA-1", () => {
    expect(hostKeyAlgorithms([])[0]).toBe("ssh-ed25519");
    expect(hostKeyAlgorithms(["ssh-rsa"]).slice(0, 3)).toEqual([
      "rsa-sha2-512",
      "rsa-sha2-256",
      "ssh-ed25519",
    ]);
    expect(hostKeyAlgorithms(["ecdsa-sha2-nistp256"], ["ssh-ed25519"])).toEqual([
      "ecdsa-sha2-nistp256",
      "ecdsa-sha2-nistp384",
      "ecdsa-sha2-nistp521",
      "rsa-sha2-512",
      "rsa-sha2-256",
    ]);
    expect(hostKeyAlgorithms([])).not.toContain("ssh-rsa");
  });
});
