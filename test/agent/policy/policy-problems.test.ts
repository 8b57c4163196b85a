import { describe, expect, it } from "vitest";
import { policyProblems } from "../../../agent/policy/policy-problems.ts";
import type { HostPolicy } from "../../../agent/policy/read-policy.ts";
import type { Action, Follow } from "../../../shared/change.ts";
import type { Change } from "../../../shared/plan.ts";
import type { Resource } from "../../../shared/resources/registry.ts";
import { runId } from "../../../shared/run.ts";
import { declare } from "../../support/declare.ts";
import { createTestSigner } from "../../support/signer.ts";

const AT = Date.UTC(2026, 5, 15);
const digest = "a".repeat(64);
const alice = createTestSigner();
const bob = createTestSigner();
const LIST = "/etc/hostkit/allowed_signers";

const change = (resource: Resource, action: Action, follow: Follow | null = null): Change =>
  ({ id: resource.id, resource, action, follow }) as unknown as Change;
const file = declare.file("/etc/motd", { text: "x" });
const plan = { changes: [change(file, "update")] };

const demands = (minimum: number, allowedSigners: string): HostPolicy => ({
  version: 1,
  signatures: { allowedSigners: LIST, minimum } as HostPolicy["signatures"],
  allowedSigners,
});
const both = `alice ${alice.publicKey}\nbob ${bob.publicKey}\n`;

const told = (policy: HostPolicy | null, signatures?: readonly string[], at = AT) =>
  policyProblems(
    policy,
    { plan, ...(signatures === undefined ? {} : { artifact: { digest, signatures } }) },
    at,
  );

describe("a policy that demands signatures", () => {
  it("lets nothing through without, and says what to do", () => {
    const [problem, ...others] = told(demands(1, both));
    expect(others).toEqual([]);
    expect(problem).toMatchObject({ code: "HK4113", severity: "error", side: "host" });
    expect(problem?.detail).toContain("`hostkit plan --out plan.json --sign KEYFILE`");
    expect(problem?.detail).toContain("`hostkit apply plan.json`");
  });

  it("lets through what enough of its signers signed", () => {
    expect(told(demands(1, both), [alice.sign(digest)])).toEqual([]);
    expect(told(demands(2, both), [alice.sign(digest), bob.sign(digest)])).toEqual([]);
    expect(told(null)).toEqual([]);
    expect(told({ version: 1 })).toEqual([]);
  });

  it("says whose signature is there, and what is wrong with others", () => {
    const stranger = createTestSigner();
    const signatures = [alice.sign(digest), stranger.sign(digest), "nonsense"];
    const [problem] = told(demands(2, both), signatures);
    expect(problem).toMatchObject({ code: "HK4114" });
    expect(problem?.detail).toMatch(/alice signed it \(SHA256:/);
    expect(problem?.detail).toMatch(/not counted \(SHA256:.*\): Its key is not among/);
    expect(problem?.detail).toMatch(/not counted: The signature can't be read/);
    expect(told(demands(1, both), [])[0]?.detail).toMatch(/this one has none/);
    expect(told(demands(1, both), [alice.sign("b".repeat(64))])[0]).toMatchObject({
      code: "HK4114",
    });
  });

  it("counts people, not keys", () => {
    const two = `alice ${alice.publicKey}\nalice ${bob.publicKey}\n`;
    const signatures = [alice.sign(digest), bob.sign(digest), alice.sign(digest)];
    expect(told(demands(2, two), signatures)).toMatchObject([{ code: "HK4114" }]);
    expect(told(demands(2, both), [alice.sign(digest), alice.sign(digest)])).toHaveLength(1);
  });

  it("goes by the time", () => {
    const policy = demands(1, `alice valid-before="20260601Z" ${alice.publicKey}`);
    expect(told(policy, [alice.sign(digest)])).toMatchObject([{ code: "HK4114" }]);
    expect(told(policy, [alice.sign(digest)], Date.UTC(2026, 4, 1))).toEqual([]);
  });

  it("stops everything when a line of its list can't be understood", () => {
    const policy = demands(1, `${both}carol namespaces=git ${alice.publicKey}`);
    expect(told(policy, [alice.sign(digest)])).toMatchObject([
      { code: "HK4116", detail: expect.stringContaining(`${LIST}, line 3: `) },
    ]);
  });
});

describe("a policy that refuses", () => {
  const refuse = (kinds: string[], actions: string[] = []) =>
    ({ version: 1, refuse: { kinds, actions } }) as unknown as HostPolicy;
  const account = declare.account("deploy", {});
  const unit = declare.unit("api.service", { service: { ExecStart: "/bin/true" } });
  const changes = [
    change(file, "update"),
    change(account, "create"),
    change(unit, "update", "restart"),
    change(declare.group("web", {}), "none"),
  ];
  const of = (policy: HostPolicy) => policyProblems(policy, { plan: { changes } }, AT);

  it.each([
    [["account"], [], ["account:deploy (create)"]],
    [["account", "file"], [], ["file:/etc/motd (update)", "account:deploy (create)"]],
    [[], ["create"], ["account:deploy (create)"]],
    [[], ["restart"], ["unit:api.service (update)"]],
    [["unit"], ["create"], ["account:deploy (create)", "unit:api.service (update)"]],
  ])("kinds %j and actions %j names %j", (kinds, actions, named) => {
    const [problem, ...others] = of(refuse(kinds, actions));
    expect(others).toEqual([]);
    expect(problem).toMatchObject({ code: "HK4115" });
    const lines = problem?.detail.split("\n").filter((line) => line.startsWith("  "));
    expect(lines).toEqual(named.map((line) => `  ${line}`));
  });

  it("has nothing against what is only taken down, or is no part of the plan", () => {
    expect(of(refuse(["group", "symlink"], ["delete"]))).toEqual([]);
  });

  it("names a few of many", () => {
    const many = Array.from({ length: 30 }, (_, index) =>
      change(declare.file(`/srv/${index}`, {}), "create"),
    );
    const [problem] = policyProblems(refuse(["file"]), { plan: { changes: many } }, AT);
    expect(problem?.detail).toContain("and 10 more");
  });

  it("has nothing against taking a run back, and demands no signature for it", () => {
    const reverts = runId(new Date(AT), 1);
    const policy = { ...demands(1, both), ...refuse(["account"], ["create"]) };
    expect(policyProblems(policy, { plan: { changes, reverts } }, AT)).toEqual([]);
    expect(policyProblems(policy, { plan: { changes } }, AT)).toHaveLength(2);
  });
});
