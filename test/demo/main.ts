import { spawn } from "node:child_process";
import { startTarget } from "./target.ts";

/** `npm run demo`: builds, starts a disposable target, pushes an example to it over real SSH, and cleans up. */

function run(
  command: string,
  args: readonly string[],
  environment: NodeJS.ProcessEnv = {},
): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      stdio: "inherit",
      env: { ...process.env, ...environment },
    });
    child.once("error", reject);
    child.once("close", (code) => resolve(code ?? 1));
  });
}

function heading(text: string): void {
  console.log(`\n── ${text}`);
}

async function demo(): Promise<number> {
  heading("Building the agent and the client");
  if ((await run(process.execPath, ["--import", "tsx", "build/main.ts"])) !== 0) return 1;

  heading("Starting a disposable target");
  await using target = await startTarget();
  console.log(target.what);

  const hostkit = (...args: string[]) => {
    const flags = ["--config", target.config, "--ssh", target.address];
    console.log(`$ hostkit ${[...args, "--ssh", target.address].join(" ")}`);
    return run(process.execPath, ["dist/client/hostkit.js", ...args, ...flags], {
      HOME: target.home,
      SSH_AUTH_SOCK: "",
    });
  };

  heading("Planning and applying");
  if ((await hostkit("push", "--yes")) !== 0) return 1;
  heading("A second plan is empty");
  // Awaited here: the target is taken away when this function returns.
  return await hostkit("plan", "--exit-code");
}

process.exitCode = await demo();
