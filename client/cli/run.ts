import { HostKitError } from "../../shared/diagnostic.ts";
import type { Context } from "../commands/command.ts";
import { createInterrupt, Interrupted } from "../operate/interrupt.ts";
import { OperatorSecrets } from "../secrets/operator-secrets.ts";
import type { Services } from "../services.ts";
import { asciiText } from "../view/ascii.ts";
import type { HostResult, View } from "../view/view.ts";
import { isAscii } from "./charset.ts";
import { isCi } from "./colour.ts";
import { checkViewOptions, createView, type ViewOptions } from "./create-view.ts";
import { EXIT, type ExitCode, exitCodeOfError } from "./exit-code.ts";
import { COMMON_FLAGS, type Options } from "./flags.ts";
import { helpText } from "./help.ts";
import { type Environment, resolveOptions } from "./options.ts";
import { type Invocation, parseCommandLine } from "./program.ts";
import type { World } from "./world.ts";

/** Runs one command line to its exit code. Never rejects: whatever goes wrong is shown. */
export async function run(
  argv: readonly string[],
  world: World,
  services: Services,
): Promise<ExitCode> {
  let view = createView(world, guessOptions(argv, world.env));
  let hosts: readonly HostResult[] = [];
  let exitCode: ExitCode;
  try {
    const invocation = parseCommandLine(argv);
    if (invocation.asks !== "command") {
      view.help(...helpOf(invocation));
      return finish(view, invocation.asks === "nothing" ? EXIT.usage : EXIT.ok, []);
    }
    const { given, words, spec } = invocation;
    const takes = [...spec.flags, ...COMMON_FLAGS];
    const options = resolveOptions(given, world.env, { words, takes });
    checkViewOptions(options);
    view = createView(world, options);
    const result = await runCommand(invocation, { options, view, world, services });
    ({ exitCode, hosts } = result);
  } catch (error) {
    exitCode = showError(error, view);
  }
  return finish(view, exitCode, hosts);
}

interface Running {
  readonly options: Options;
  readonly view: View;
  readonly world: World;
  readonly services: Services;
}

async function runCommand(
  { spec }: Extract<Invocation, { asks: "command" }>,
  { options, view, world, services }: Running,
) {
  const interrupt = createInterrupt({
    listen: (callback) => world.onInterrupt(callback),
    leave: ({ changing }) => {
      view.warn(
        changing
          ? "Left while changes are being made; the host goes on without anybody watching. hostkit runs --follow shows it, and hostkit runs how it ended."
          : "Interrupted. Nothing was changed.",
      );
      finish(view, EXIT.interrupted, []);
      world.leave(EXIT.interrupted);
    },
  });
  const context: Context = {
    options,
    view,
    talk: view,
    services,
    connectTarget: services.connectTarget,
    interrupt,
    env: world.env,
    secrets: new OperatorSecrets(world.env),
    cwd: world.cwd,
    runtime: world.runtime,
    version: world.version,
    user: () => world.user(),
    // A program that reads events can't answer, and CI has nobody who could.
    ask: options.json || isCi(world.env) ? undefined : askIn(world),
    askHidden: options.json || isCi(world.env) ? undefined : askIn(world, "askHidden"),
  };
  try {
    const command = await spec.load();
    return await command(context);
  } finally {
    interrupt.stop();
  }
}

/** What is asked is written by the world, and is for people as well. */
function askIn(world: World, how: "ask" | "askHidden" = "ask"): World["ask"] {
  const ask = world[how];
  if (ask === undefined || !isAscii(world.env)) return ask;
  return (question, signal) => ask(asciiText(question), signal);
}

function finish(view: View, exitCode: ExitCode, hosts: readonly HostResult[]): ExitCode {
  view.summary(exitCode, hosts);
  view.close();
  return exitCode;
}

function showError(error: unknown, view: View): ExitCode {
  if (error instanceof Interrupted) {
    view.warn("Interrupted. Nothing was changed.");
    return EXIT.interrupted;
  }
  if (error instanceof HostKitError) view.diagnostics(error.diagnostics);
  else view.bug(error);
  return exitCodeOfError(error);
}

function helpOf(
  invocation: Exclude<Invocation, { asks: "command" }>,
): [text: string, cause: "asked" | "misuse"] {
  if (invocation.asks === "nothing") return [helpText(undefined, "short"), "misuse"];
  return [helpText(invocation.spec, invocation.length), "asked"];
}

/** How to show a problem with the command line itself, which could not be read. */
function guessOptions(argv: readonly string[], env: Environment): ViewOptions {
  const guess: ViewOptions = {
    json: argv.includes("--json"),
    color: "auto",
    quiet: argv.includes("--quiet") || argv.includes("-q"),
    verbose: argv.includes("--verbose") || argv.includes("-v"),
    full: false,
    graph: false,
    format: "text",
  };
  try {
    const { json, color } = resolveOptions({}, env, { takes: COMMON_FLAGS });
    return { ...guess, json: guess.json || json, color };
  } catch {
    // A variable with a bad value is told once the command line is understood.
    return guess;
  }
}
