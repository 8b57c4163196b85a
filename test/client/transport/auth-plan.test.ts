import { describe, expect, it } from "vitest";

import { createAuthConversation } from "../../../client/transport/auth/conversation.ts";
import type { Identity } from "../../../client/transport/auth/identity-files.ts";
import { type AuthSources, planAuth } from "../../../client/transport/auth/plan.ts";

function file(path: string, extra: Partial<Extract<Identity, { kind: "private" }>> = {}): Identity {
  const publicKey = Buffer.from(path);
  return {
    kind: "private",
    path,
    text: `key ${path}`,
    locked: false,
    publicKey,
    keyType: "t",
    ...extra,
  };
}

function agentKey(name: string) {
  return { publicKey: Buffer.from(name), keyType: "ssh-ed25519", comment: name };
}

function plan(sources: Partial<AuthSources>) {
  const { credentials, leftOut } = planAuth({
    named: [],
    usual: [],
    agentKeys: [],
    agentScope: "all-keys",
    canAskPassphrase: false,
    canAskPassword: false,
    ...sources,
  });
  const offered = credentials.map((each) =>
    each.kind === "key-file"
      ? `file ${each.path}`
      : each.kind === "agent-key"
        ? `agent ${each.publicKey.toString()}`
        : "password",
  );
  return { offered, codes: leftOut.map((each) => each.code) };
}

describe("the order of credentials", () => {
  it("is named files, then the agent's other keys, then the password", () => {
    const sources = {
      named: [file("a"), file("b")],
      usual: [file("u")],
      agentKeys: [agentKey("x"), agentKey("b")],
      canAskPassword: true,
    };
    expect(plan(sources).offered).toEqual(["file a", "file b", "agent x", "password"]);
  });

  it("has the usual files after the agent's keys, each key once, when no file is named", () => {
    const sources = { usual: [file("u"), file("x")], agentKeys: [agentKey("x")] };
    expect(plan(sources).offered).toEqual(["agent x", "file u"]);
  });

  it("has no agent key but those of the named files with identitiesOnly", () => {
    const many = Array.from({ length: 10 }, (_each, index) => agentKey(`unrelated${index}`));
    const named: Identity[] = [
      { kind: "public", path: "k.pub", publicKey: Buffer.from("k"), keyType: "t" },
    ];
    const sources = {
      named,
      agentKeys: [...many, agentKey("k")],
      agentScope: "named-only" as const,
    };
    expect(plan(sources).offered).toEqual(["agent k"]);
  });

  it("uses the agent for a locked file that it holds, without a passphrase", () => {
    const sources = { named: [file("a", { locked: true })], agentKeys: [agentKey("a")] };
    expect(plan(sources)).toEqual({ offered: ["agent a"], codes: [] });
  });

  it("leaves out what cannot be used, with the reason", () => {
    const named: Identity[] = [
      file("locked", { locked: true }),
      { kind: "unsupported", path: "fido", why: "it is a FIDO key" },
      { kind: "public", path: "half.pub", publicKey: Buffer.from("half"), keyType: "t" },
    ];
    expect(plan({ named })).toEqual({ offered: [], codes: ["HK2022", "HK2024", "HK2024"] });
    expect(plan({ named, canAskPassphrase: true }).offered).toEqual(["file locked"]);
  });
});

describe("the conversation with the server", () => {
  const silent = { methodsLeft: null, partialSuccess: null };
  const password = { credentials: [{ kind: "password", label: "password" }], leftOut: [] } as const;
  const secrets = {
    unlock: async () => ({ refused: "the passphrase is wrong" }),
    password: async () => "secret",
  };

  it("passes over a key that cannot be unlocked, and tells so", async () => {
    const credentials = [
      { kind: "key-file", path: "a", text: "", locked: true, label: "a" },
    ] as const;
    const conversation = createAuthConversation<string>({ credentials, leftOut: [] }, secrets);
    expect(await conversation.next(silent)).toEqual({ kind: "ask-methods" });
    expect(conversation.outcome()).toMatchObject({
      tried: [],
      notes: ["a: the passphrase is wrong"],
    });
  });

  it("asks for the server's methods once, when only agent keys were tried", async () => {
    const credentials = [{ kind: "agent-key", publicKey: Buffer.from("k"), label: "k" }] as const;
    const conversation = createAuthConversation<string>({ credentials, leftOut: [] }, secrets);
    expect(await conversation.next(silent)).toMatchObject({ kind: "agent-key" });
    expect(await conversation.next(silent)).toEqual({ kind: "ask-methods" });
    const methodsLeft = ["publickey"];
    expect(await conversation.next({ methodsLeft, partialSuccess: false })).toEqual({
      kind: "exhausted",
    });
    expect(conversation.outcome()).toMatchObject({ tried: ["k"], accepted: methodsLeft });
  });

  it.each([
    {
      first: null,
      next: ["keyboard-interactive"],
      kinds: ["password", "keyboard-interactive", "exhausted"],
    },
    { first: null, next: ["password", "keyboard-interactive"], kinds: ["password", "exhausted"] },
    {
      first: ["keyboard-interactive"],
      next: ["keyboard-interactive"],
      kinds: ["keyboard-interactive", "exhausted"],
    },
    {
      first: ["password", "keyboard-interactive"],
      next: ["publickey"],
      kinds: ["password", "exhausted"],
    },
  ])(
    "sends one password at most once per method: $first then $next",
    async ({ first, next, kinds }) => {
      const conversation = createAuthConversation<string>(password, secrets);
      const said = [(await conversation.next({ methodsLeft: first, partialSuccess: null })).kind];
      while (said.at(-1) !== "exhausted")
        said.push((await conversation.next({ methodsLeft: next, partialSuccess: false })).kind);
      expect(said).toEqual(kinds);
    },
  );

  it("remembers that one credential was right and another method is wanted", async () => {
    const conversation = createAuthConversation<string>({ credentials: [], leftOut: [] }, secrets);
    await conversation.next({ methodsLeft: ["keyboard-interactive"], partialSuccess: true });
    expect(conversation.outcome()).toMatchObject({
      progress: "partial",
      accepted: ["keyboard-interactive"],
    });
  });
});
