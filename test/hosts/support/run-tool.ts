import { execFile, execFileSync } from "node:child_process";

const outputLimit = 64 * 1024 * 1024;

export interface ToolOptions {
  readonly timeoutMs?: number;
  readonly environment?: NodeJS.ProcessEnv;
}

/** Runs a system tool to its end; the error carries the command line and what the tool said. */
export function runTool(
  file: string,
  args: readonly string[],
  options: ToolOptions = {},
): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile(
      file,
      args,
      {
        timeout: options.timeoutMs ?? 30_000,
        env: options.environment ?? process.env,
        maxBuffer: outputLimit,
      },
      (error, stdout, stderr) => {
        if (error) {
          const how = error.signal ? `ended by ${error.signal}` : `exit status ${error.code}`;
          const command = [file, ...args].join(" ");
          reject(new Error(`${command}: ${how}\n${tail(stderr)}`, { cause: error }));
        } else resolve(stdout);
      },
    );
  });
}

/** For clean-up at process exit, when nothing asynchronous runs any more. */
export function runToolSync(file: string, args: readonly string[]): void {
  execFileSync(file, args, { timeout: 30_000, stdio: ["ignore", "ignore", "pipe"] });
}

function tail(text: string): string {
  return text.slice(-4_000);
}
