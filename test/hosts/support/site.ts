import { afterAll, beforeAll, expect } from "vitest";
import { findPage } from "../../../client/explain/find-page.ts";
import { type CliResult, createOperator, type Operator } from "../../support/cli.ts";
import { changedPaths, snapshotDisk } from "./disk-snapshot.ts";
import type { TestHost } from "./host.ts";

/** What is to be pushed, and how. */
export interface Push {
  /** Of the declaration, with `p` and `argv`. Default: a file, so that a push that goes through changes something. */
  readonly body?: string;
  /** Where the host is reached. Default: the host itself. */
  readonly at?: { readonly address: string; readonly port: number };
  /** More of the host's `ssh` options; the user is root. */
  readonly ssh?: object;
  /** Default: the operator everybody shares. */
  readonly by?: Operator;
  /** Default: one of the test's own, so that what one test has pushed is not removed by the next. */
  readonly project?: string;
  /** More flags for the push. */
  readonly flags?: readonly string[];
  /** More variables of the operator. */
  readonly env?: Readonly<Record<string, string>>;
  /** Files beside the declaration, by name. */
  readonly files?: Readonly<Record<string, string>>;
}

export interface Refusal {
  readonly status: 1 | 3 | 4;
  readonly code: string;
  /** What the message has to say, as if it stood on one line. */
  readonly says: readonly string[];
}

/** A host and its operators, who run the built command line as processes of their own. */
export interface Site {
  /** One more operator, with the same key and known hosts. */
  readonly newOperator: () => Operator;
  /** A command as root that has to succeed without a word on stderr. */
  readonly remote: (command: string, input?: string) => Promise<string>;
  readonly push: (what?: Push) => Promise<CliResult>;
  /** A push that can be signalled. */
  readonly begin: (what?: Push) => {
    readonly result: Promise<CliResult>;
    readonly kill: (signal: NodeJS.Signals) => void;
  };
  /** A plan; with `--exit-code`. */
  readonly plan: (what?: Push) => Promise<CliResult>;
  /** A plan of what was pushed last finds nothing to do. */
  readonly isAsDeclared: () => Promise<void>;
  /** A push that ends as said, and leaves the host as it was. */
  readonly refuses: (what: Push, refusal: Refusal) => Promise<CliResult>;
  /** Looks at the disk, then tells which paths are others. */
  readonly watchDisk: () => Promise<() => Promise<string[]>>;
  /** Paths of what exists only while something is under way. */
  readonly unfinished: () => Promise<string>;
  /** Another command, of what was declared last. */
  readonly hostkit: (...args: string[]) => Promise<CliResult>;
  /** Whose desk it is all done at. */
  readonly operator: () => Operator;
  /** Returns when no agent is running any more, and no run. */
  readonly agentGone: () => Promise<void>;
}

const FILE = `p.file("/srv/pushed", { content: "pushed\\n" });`;

/** A project for each test: what one has pushed is not to be removed by the next. */
function projectName(): string {
  const { currentTestName = "test" } = expect.getState();
  return currentTestName
    .replaceAll(/[^A-Za-z0-9]+/g, "-")
    .slice(-100)
    .replace(/^-/, "");
}

/** Call it where `sharedHost` is called; its members work inside tests. */
export function sharedSite(host: () => TestHost): Site {
  const operators: Operator[] = [];
  const newOperator = () => {
    const made = createOperator(host());
    operators.push(made);
    return made;
  };
  let shared: Operator;
  beforeAll(() => {
    shared = newOperator();
  });
  afterAll(() => {
    for (const operator of operators) operator[Symbol.dispose]();
  });

  const write = (what: Push): Operator => {
    const { body = FILE, at = host(), ssh = {}, by = shared, files = {} } = what;
    const { project = projectName() } = what;
    for (const [name, content] of Object.entries(files)) by.write(name, content);
    // A proxy has a name of its own that no list of known hosts has.
    const known = at === host() ? {} : { hostKey: host().hostKeyFingerprint };
    const options = { at: at.address, ssh: { user: "root", port: at.port, ...known, ...ssh } };
    by.write(
      "hostkit.config.ts",
      `import { argv, dotenv, fromFile, ini, json, project, redacted, secret, text, toml, yaml } from "hostkit";

export default project("${project}", (p) => {
  p.host("app", ${JSON.stringify(options)});
  ${body}
});
`,
    );
    return by;
  };
  const pushOf = ({ flags = [] }: Push) => ["push", "--host", "app", "--yes", ...flags];
  const environment = ({ env = {} }: Push) => ({ env });
  const push = (what: Push = {}) => write(what).hostkit(pushOf(what), environment(what));
  const lastPlan = () => shared.hostkit(["plan", "--host", "app", "--exit-code"]);

  const remote = async (command: string, input = "") => {
    const { status, stdout, stderr } = await host().ssh(command, { input });
    expect({ command, status, stderr }).toEqual({ command, status: 0, stderr: "" });
    return stdout;
  };
  const watchDisk = async () => {
    const before = await snapshotDisk(host().rootDirectory);
    return async () => changedPaths(before, await snapshotDisk(host().rootDirectory));
  };

  return {
    newOperator,
    remote,
    push,
    watchDisk,
    begin: (what = {}) => {
      let kill: (signal: NodeJS.Signals) => void = () => undefined;
      const result = write(what).hostkit(pushOf(what), {
        ...environment(what),
        started: (process) => {
          kill = (signal) => process.kill(signal);
        },
      });
      return { result, kill: (signal) => kill(signal) };
    },
    plan: (what = {}) => {
      const { flags = [] } = what;
      const args = ["plan", "--host", "app", "--exit-code", ...flags];
      return write(what).hostkit(args, environment(what));
    },
    isAsDeclared: async () => {
      const { stdout, status } = await lastPlan();
      expect(stdout).toMatch(/^No changes\./m);
      expect(status).toBe(0);
    },
    refuses: async (what, refusal) => {
      const changed = await watchDisk();
      const result = await push(what);
      isRefusal(result, refusal);
      expect(await changed()).toEqual([]);
      return result;
    },
    unfinished: () =>
      remote(
        "find / -xdev '(' -name '.*.hostkit-*' -o -name '.tmp.*' -o -name '.hk.*' -o -path '*/hostkit/spool/*' ')'",
      ),
    agentGone: async () => {
      await remote(ended("[h]ostkit-agent"));
    },
    hostkit: (...args) => shared.hostkit(args),
    operator: () => shared,
  };
}

/** Nothing was uploaded, let alone planned, and there is one diagnostic: the one that is meant. */
export function isRefusal(result: CliResult, { status, code, says }: Refusal): void {
  expect(codesOf(result)).toEqual([code]);
  for (const part of says) expect(messageOf(result)).toContain(part);
  expect(result.stderr).not.toContain("uploading");
  expect(result.stdout).toBe("");
  expect(result.status).toBe(status);
  isExplained(result);
}

/** The page of each code that was printed names the exit code it ended with, and the last line says how to read it. */
export function isExplained(result: CliResult): void {
  const codes = [...new Set(codesOf(result))];
  expect(codes.length).toBeGreaterThan(0);
  for (const code of codes)
    expect([code, findPage(code)?.host.exit]).toEqual([
      code,
      expect.arrayContaining([result.status]),
    ]);
  expect(result.stderr).toMatch(
    new RegExp(`\nhostkit explain ${codes.slice(0, 3).join(" ")}.* tells more\\.\n$`),
  );
}

export function codesOf({ stderr }: CliResult): string[] {
  return [...stderr.matchAll(/^error\[\w+ (HK\d{4})\]/gm)].map(([, code = ""]) => code);
}

/** What was said, on one line: how it was wrapped is not the point. */
export function messageOf({ stderr }: CliResult): string {
  return stderr.replaceAll(/\s+/g, " ");
}

/** A command that waits for the end of every process whose command line matches; fails after 30 s. */
export function ended(pattern: string): string {
  return `for i in $(seq 300); do pgrep -f '${pattern}' >/dev/null || exit 0; sleep 0.1; done; exit 1`;
}
