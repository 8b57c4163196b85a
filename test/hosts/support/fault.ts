import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { faultLibrary } from "./fault-library.ts";
import type { TestHost } from "./host.ts";

/**
 * Faults at chosen file system calls of the agents on a test host. Installed once, armed as often as wanted: arming is one
 * file written from this side, which the library looks for when an agent starts.
 *
 *     const faults = await installFaults(host());
 *     faults.arm("kill@write#7 path=*\/journal.jsonl");
 *     …
 *     expect(faults.struck()).toHaveLength(1);
 *     faults.disarm();
 *
 * The words are explained at the top of `fault/rules.h`. What is wrongly spelt ends the process at once, with status 125.
 */
export interface Faults {
  /**
   * From the next start of an agent on, and nothing of before. Each process counts for itself, and so a rule hits the one that
   * takes the place of a killed one as well, unless it says `once`.
   */
  arm(...statements: readonly string[]): void;
  /** For what starts from now on; a process that runs keeps its rules. */
  disarm(): void;
  /** What hit since it was armed, in order. */
  struck(): readonly FaultEvent[];
  /** All calls that change files since it was armed; needs the statement `count`. */
  calls(): readonly FaultEvent[];
  /** Takes everything off the host again. */
  remove(): Promise<void>;
}

interface FaultEvent {
  /** The action, such as `kill`; for a call that was only counted, `call`. */
  readonly what: string;
  readonly pid: number;
  readonly call: string;
  readonly path: string;
}

export interface FaultOptions {
  /**
   * Which agents: those in the units of runs (the default), or also those that a login starts. With the latter every
   * program on the host loads the library, which leaves all but agents alone: the client's script lets nothing of the
   * environment through that would reach an agent alone.
   */
  readonly into?: "runs" | "runs-and-sessions";
}

/** Where all of it is on the host; what compares states of its disk leaves these out. */
const faultDirectory = "/opt/hostkit-fault";
const runsDropIn = "/etc/systemd/system/hostkit-run-.service.d/hostkit-fault.conf";
/** ld.so(8). */
const preload = "/etc/ld.so.preload";

export async function installFaults(
  host: TestHost,
  { into = "runs" }: FaultOptions = {},
): Promise<Faults> {
  const at = (path: string): string => join(host.rootDirectory, path);
  const library = `${faultDirectory}/fault.so`;
  const spec = `${faultDirectory}/spec`;
  const log = `${faultDirectory}/log`;
  const put = (path: string, text: string): void => {
    mkdirSync(dirname(at(path)), { recursive: true });
    writeFileSync(at(path), text);
  };
  // Of a unit `a-b-c.service` systemd reads the drop-ins of `a-b-.service.d` too, of transient ones as well: systemd.unit(5).
  const reload = "systemctl daemon-reload";

  mkdirSync(at(faultDirectory), { recursive: true });
  copyFileSync(await faultLibrary(), at(library));
  put(runsDropIn, `[Service]\nEnvironment=LD_PRELOAD=${library} HOSTKIT_FAULT=@${spec}\n`);
  if (into === "runs-and-sessions") put(preload, `${library}\n`);
  await succeed(host, reload);

  const events = (): readonly FaultEvent[] => parse(readIfThere(at(log)));
  const disarm = (): void => rmSync(at(spec), { force: true });
  return {
    arm(...statements) {
      rmSync(at(log), { force: true });
      put(spec, `${[`log=${log}`, ...statements].join("\n")}\n`);
    },
    disarm,
    struck: () => events().filter(({ what }) => what !== "call"),
    calls: () => events().filter(({ what }) => what === "call"),
    async remove() {
      disarm();
      for (const path of [dirname(runsDropIn), preload])
        rmSync(at(path), { recursive: true, force: true });
      await succeed(host, reload);
      // Last: a program that is told to load a library that is gone says so.
      rmSync(at(faultDirectory), { recursive: true, force: true });
    },
  };
}

async function succeed(host: TestHost, command: string): Promise<void> {
  const { status, stderr } = await host.ssh(command);
  if (status !== 0) throw new Error(`${command}: exit status ${status}\n${stderr}`);
}

function parse(log: string): FaultEvent[] {
  const lines = log.split("\n").filter((line) => line !== "");
  return lines.map((line) => {
    const [what = "", pid = "", call = "", path = ""] = line.split("\t");
    return { what, pid: Number(pid), call, path };
  });
}

function readIfThere(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return "";
    throw error;
  }
}
