import { describe, expect, it } from "vitest";
import { createArtifact } from "../../client/artifact/create-artifact.ts";
import { artifactText } from "../../client/artifact/artifact-text.ts";
import { savedContents } from "../../client/artifact/saved-contents.ts";
import type { Contents, Session } from "../../client/session.ts";
import type { Artifact } from "../../shared/artifact.ts";
import { HostKitError } from "../../shared/diagnostic.ts";
import type { Manifest } from "../../shared/manifest.ts";
import type { Plan } from "../../shared/plan.ts";
import { declare } from "../support/declare.ts";
import { MemoryHost } from "../support/memory-host/memory-host.ts";
import { contentsOf, HELLO, join, manifestOf, ofTheHost } from "./joined.ts";

const ignore = () => undefined;
const motd = (text: string) => declare.file("/etc/motd", { text });

/** As a file would hold it, and somebody else reads it later. */
async function saved(session: Session, manifest: Manifest, contents: Contents): Promise<Artifact> {
  const { plan, diagnostics } = await session.plan(manifest, contents);
  const reach = { kind: "local" } as const;
  const artifact = await createArtifact({
    plan: plan!,
    manifest,
    contents,
    diagnostics,
    reach,
    hostkit: "0.0.0",
  });
  return JSON.parse(artifactText(artifact)) as Artifact;
}

async function apply(session: Session, artifact: Artifact, plan: Plan) {
  const how = { onFailure: "rollback", wait: 0, onEvent: ignore } as const;
  return session.apply(plan, { ...how, contents: savedContents(artifact.contents) });
}

const again = (session: Session, artifact: Artifact) =>
  session.planAgain(artifact, savedContents(artifact.contents));

const codesOf = (error: unknown) =>
  error instanceof HostKitError ? error.diagnostics.map(({ code }) => code) : [error];

describe("a saved plan", () => {
  it("is applied in another session as it was reviewed, without the declaration", async () => {
    const host = new MemoryHost();
    host.put("/etc/motd", "old\n");
    const contents = contentsOf("new\n", "a");
    const manifest = manifestOf(motd("new\n"), declare.file("/etc/a", { text: "a" }));
    const artifact = await saved((await join(host)).session, manifest, contents);
    const { session } = await join(host);
    const { holds, fresh } = await again(session, artifact);
    expect(holds).toBe(true);
    const { outcome } = await apply(session, artifact, fresh);
    expect(outcome).toMatchObject({ verdict: "applied", planDigest: artifact.plan.digest });
    expect(host.text("/etc/motd")).toBe("new\n");
    expect((await session.plan(manifest, contents)).plan?.changes).toEqual([]);
  });

  it("takes effect once", async () => {
    const host = new MemoryHost();
    const contents = contentsOf("new\n");
    const { session } = await join(host);
    const manifest = manifestOf(motd("new\n"));
    const artifact = await saved(session, manifest, contents);
    const { fresh } = await again(session, artifact);
    await apply(session, artifact, fresh);
    // Everything is as it was when it was made, but for the ledger.
    host.tree.remove("/etc/motd");
    const refused = await again(session, artifact).catch((error: unknown) => error);
    expect(codesOf(refused)).toEqual(["HK3047"]);
    expect(host.text("/etc/motd")).toBeUndefined();
  });

  it("may be tried again when its run left nothing", async () => {
    const host = new MemoryHost();
    host.systemd.behave("bad.service", { start: "fails" });
    const bad = declare.unit("bad.service", { service: { ExecStart: "/bin/bad" }, active: true });
    const contents = contentsOf("x");
    const { session } = await join(host);
    const artifact = await saved(
      session,
      manifestOf(declare.file("/etc/x", { text: "x" }), bad),
      contents,
    );
    const first = await apply(session, artifact, (await again(session, artifact)).fresh);
    expect(first.outcome.verdict).toBe("rolled-back");
    host.systemd.behave("bad.service", { start: "runs" });
    const { holds, fresh } = await again(session, artifact);
    expect(holds).toBe(true);
    expect((await apply(session, artifact, fresh)).outcome.verdict).toBe("applied");
  });

  it.each([
    ["what it would change has moved", "/etc/motd", "somebody else's\n"],
    ["what was as declared has moved", "/etc/same", "other\n"],
  ])("does not hold when %s", async (_what, path, text) => {
    const host = new MemoryHost();
    host.put("/etc/motd", "old\n");
    host.put("/etc/same", "same\n");
    const contents = contentsOf("new\n", "same\n");
    const { session } = await join(host);
    const artifact = await saved(
      (await join(host)).session,
      manifestOf(motd("new\n"), declare.file("/etc/same", { text: "same\n" })),
      contents,
    );
    host.put(path, text);
    const before = ofTheHost(host);
    const { holds, fresh } = await again(session, artifact);
    expect(holds).toBe(false);
    expect(fresh.changes.map(({ id }) => id)).toContain(`file:${path}`);
    // It is not there to be applied either.
    const refused = await apply(session, artifact, { ...fresh, ...artifact.plan } as Plan).catch(
      (error: unknown) => error,
    );
    expect(codesOf(refused)).toEqual(["HK3011"]);
    expect(ofTheHost(host)).toEqual(before);
  });

  it("is stale when another one of the same host was applied first", async () => {
    const host = new MemoryHost();
    const { session } = await join(host);
    const one = await saved(session, manifestOf(motd("one\n")), contentsOf("one\n"));
    const two = await saved(session, manifestOf(motd("two\n")), contentsOf("two\n"));
    await apply(session, one, (await again(session, one)).fresh);
    expect((await again(session, two)).holds).toBe(false);
  });

  it("is refused on another machine, whoever says that it is the right one", async () => {
    const host = new MemoryHost();
    const artifact = await saved(
      (await join(host)).session,
      manifestOf(motd("x")),
      contentsOf("x"),
    );
    const other = await join(new MemoryHost(), { ...HELLO, machineId: "another-machine" });
    const refused = await again(other.session, artifact).catch((error: unknown) => error);
    expect(codesOf(refused)).toEqual(["HK3045"]);
  });

  it("is refused by the agent itself when something in it was changed", async () => {
    const host = new MemoryHost();
    const { session } = await join(host);
    const artifact = await saved(session, manifestOf(motd("x")), contentsOf("x"));
    const edited = { ...artifact, manifest: { ...artifact.manifest, project: "other" } };
    const refused = await again(session, edited).catch((error: unknown) => error);
    expect(codesOf(refused)).toEqual(["HK3042"]);
    // The session goes on.
    expect((await again(session, artifact)).holds).toBe(true);
  });
});
