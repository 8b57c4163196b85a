import { mkdir, writeFile } from "node:fs/promises";
import { dirname, relative, resolve } from "node:path";
import { EXIT } from "../cli/exit-code.ts";
import { cliFault } from "../cli/faults.ts";
import type { Command, Context } from "./command.ts";

const DEFAULT_NAME = "hostkit.config.ts";

/** A declaration that passes `check` and does something harmless that can be seen. */
const TEMPLATE = `import { project } from "hostkit";

export default project("example", (p) => {
  // How the host is called here, and where it is reached. What is left out of \`ssh\` is as ssh(1) would have it.
  p.host("app", {
    at: "app.example.com",
    ssh: { user: "root" },
  });

  p.file("/etc/motd", { content: "This host is declared with HostKit.\\n" });
});
`;

/** Writes a declaration to begin with; an existing file stays as it is. */
export const init: Command = async (context) => {
  const path = resolve(context.cwd, context.options.config ?? DEFAULT_NAME);
  await mkdir(dirname(path), { recursive: true }).catch((error: unknown) => {
    throw unwritable(error, path);
  });
  await writeFile(path, TEMPLATE, { flag: "wx" }).catch((error: unknown) => {
    throw codeOf(error) === "EEXIST" ? alreadyThere(error, path) : unwritable(error, path);
  });
  context.view.initialised(relative(context.cwd, path) || path, nextSteps(path, context));
  return { exitCode: EXIT.ok, hosts: [] };
};

function codeOf(error: unknown): string | undefined {
  return (error as NodeJS.ErrnoException).code;
}

function alreadyThere(error: unknown, path: string): Error {
  return cliFault(
    "HK5020",
    `${path} is there already and was left as it is. Remove it first, or name another file with --config.`,
    { cause: error },
  );
}

function unwritable(error: unknown, path: string): Error {
  const why = error instanceof Error ? error.message : String(error);
  return cliFault("HK5021", `${path} can't be written: ${why}.`, { cause: error });
}

function nextSteps(path: string, { cwd, options }: Context): string[] {
  const config = options.config === undefined ? "" : ` --config ${relative(cwd, path)}`;
  return [
    "put your host's address in place of app.example.com, then",
    `hostkit check${config}`,
    `hostkit plan --host app${config}`,
    `hostkit push --host app${config}`,
  ];
}
