import { execFile } from "node:child_process";
import { constants } from "node:fs";
import { access } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";
import { buildError } from "./failure.ts";

const execFileAsync = promisify(execFile);

interface Command {
  /** Program and arguments. */
  readonly argv: readonly [string, ...string[]];
  readonly cwd: string;
  /** Default: this process's own. */
  readonly env?: NodeJS.ProcessEnv;
  readonly timeoutMs: number;
}

/** Runs to the end and returns stdout. Throws HK8002 with the end of what the program said when it fails or takes too long. */
export async function runCommand({ argv, cwd, env, timeoutMs }: Command): Promise<string> {
  const [program, ...args] = argv;
  try {
    const { stdout } = await execFileAsync(program, args, {
      cwd,
      env: env ?? process.env,
      timeout: timeoutMs,
      killSignal: "SIGKILL",
      maxBuffer: 16 * 1024 * 1024,
    });
    return stdout;
  } catch (error) {
    const said = error instanceof Error && "stderr" in error ? String(error.stderr) : String(error);
    const killed = error instanceof Error && "killed" in error && error.killed === true;
    throw buildError({
      code: "HK8002",
      detail: `${argv.join(" ")}\n${killed ? `did not finish within ${timeoutMs / 1000} s` : "failed"}. It said:\n${said.trim().slice(-2000) || "(nothing)"}`,
      cause: error,
    });
  }
}

/** The absolute path of the first of these programs that is on PATH. */
export async function findProgram(names: readonly string[]): Promise<string | undefined> {
  const folders = (process.env["PATH"] ?? "").split(delimiter).filter((folder) => folder !== "");
  for (const path of names.flatMap((name) => folders.map((folder) => join(folder, name)))) {
    try {
      await access(path, constants.X_OK);
      return path;
    } catch {
      continue;
    }
  }
  return undefined;
}
