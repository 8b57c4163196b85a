import { describe, expectTypeOf, it } from "vitest";
import {
  apply,
  compile,
  exitCodeOf,
  load,
  plan,
  type AbortError,
  type ApplyResult,
  type Compiled,
  type Declaration,
  type Diagnostic,
  type ExitCode,
  type HostKitError,
  type HostKitEvent,
  type Manifest,
  type Plan,
  type Planned,
  type Verdict,
} from "hostkit/api";

declare const declaration: Declaration;
declare const compiled: Compiled;
declare const planned: Planned;
declare const result: ApplyResult;
declare const event: HostKitEvent;

describe("the library", () => {
  it("loads and compiles", () => {
    expectTypeOf(load()).toEqualTypeOf<Promise<Declaration>>();
    expectTypeOf(load({ config: "a.ts", cwd: "/" })).toEqualTypeOf<Promise<Declaration>>();
    expectTypeOf(compile(declaration, "app")).toEqualTypeOf<Promise<Compiled>>();
    expectTypeOf(compiled.manifest).toEqualTypeOf<Manifest>();
    // @ts-expect-error: for which host?
    void compile(declaration);
    // @ts-expect-error: misspelt
    void load({ confg: "a.ts" });
  });

  it("plans a declaration or what is compiled, at one place", () => {
    expectTypeOf(plan(declaration)).toEqualTypeOf<Promise<Planned>>();
    expectTypeOf(plan(compiled, { settle: true })).toEqualTypeOf<Promise<Planned>>();
    void plan(declaration, { host: "app", signal: AbortSignal.timeout(1) });
    void plan(declaration, { host: "app", ssh: "root@192.0.2.7" });
    void plan(declaration, { local: true, wait: "1m" });
    // @ts-expect-error: two machines
    void plan(declaration, { local: true, ssh: "root@192.0.2.7" });
    // @ts-expect-error: not this machine is no place
    void plan(declaration, { local: false });
    // @ts-expect-error: a manifest alone does not say where the host is
    void plan(compiled.manifest);
    // @ts-expect-error: a number of what?
    void plan(declaration, { wait: 5 });
    expectTypeOf(planned.plan).toEqualTypeOf<Plan>();
    expectTypeOf(planned.diagnostics).toEqualTypeOf<readonly Diagnostic[]>();
    expectTypeOf(planned).toExtend<AsyncDisposable>();
  });

  it("applies a plan", () => {
    expectTypeOf(apply(planned)).toEqualTypeOf<Promise<ApplyResult>>();
    void apply(planned, { onFailure: "stop", wait: "5m", confirmTimeout: "90s" });
    expectTypeOf(result.verdict).toEqualTypeOf<Verdict>();
    expectTypeOf(result.fresh).toEqualTypeOf<Plan | null>();
    // @ts-expect-error: a plan alone has no session
    void apply(planned.plan);
    // @ts-expect-error: no such way to fail
    void apply(planned, { onFailure: "continue" });
  });

  it("tells events by their type", () => {
    expectTypeOf(event.host).toEqualTypeOf<string>();
    if (event.type === "upload") expectTypeOf(event.fraction).toEqualTypeOf<number>();
    if (event.type === "diagnostic") expectTypeOf(event.diagnostic).toEqualTypeOf<Diagnostic>();
    if (event.type === "step")
      expectTypeOf(event.state).toEqualTypeOf<"started" | "done" | "failed">();
    // @ts-expect-error: only an upload has it
    void event.fraction;
    void plan(declaration, { onEvent: ({ type }) => expectTypeOf(type).toExtend<string>() });
  });

  it("knows exit codes", () => {
    expectTypeOf(exitCodeOf(result)).toEqualTypeOf<ExitCode>();
    expectTypeOf<HostKitError["diagnostics"]>().toEqualTypeOf<readonly Diagnostic[]>();
    expectTypeOf<AbortError["code"]>().toEqualTypeOf<"ABORT_ERR">();
  });
});
