import { rmSync, writeSync } from "node:fs";
import { Socket } from "node:net";
import { basename, dirname } from "node:path";
import { parseArgs } from "node:util";
import type { ByteStream } from "../shared/protocol/byte-stream.ts";
import { magicLine } from "../shared/protocol/handshake.ts";
import { PROTOCOL } from "../shared/protocol/messages.ts";
import { collect } from "./collect.ts";
import { readHello } from "./host/facts.ts";
import { createLinuxHost } from "./host/linux.ts";
import { createDetachedExecutor, hasSystemd } from "./executor/detached.ts";
import { runExecutor, taskOf } from "./executor/main.ts";
import { collectGarbage } from "./memory.ts";
import { createRunLock } from "./run-lock.ts";
import { serve } from "./serve.ts";
import { keyOf, lockOf } from "./transaction/places.ts";
import { whoAmI, whoLoggedIn } from "./who-am-i.ts";

declare const __HOSTKIT_VERSION__: string;

/** The launch line puts the protocol on these and takes it off 0 and 1, so that nothing printed can corrupt it. */
const IN = 3;
const OUT = 4;

const USAGE = `This is the HostKit agent ${__HOSTKIT_VERSION__}. It is started by the hostkit client over SSH and is of no use by hand.\n`;

const OPTIONS = ["nonce", "root", "run", "goal", "wait", "attempt", "written"];

/** sysexits.h EX_USAGE. */
const EXIT_USAGE = 64;

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    strict: false,
    options: Object.fromEntries(OPTIONS.map((name) => [name, { type: "string" }])),
  });
  const { nonce, root } = values;
  const [verb] = positionals;
  const task = verb === "execute" ? taskOf(values) : undefined;
  const isServing = verb === "serve" && typeof nonce === "string";
  if (typeof root !== "string" || (task === undefined && !isServing)) {
    writeSync(2, USAGE);
    process.exitCode = EXIT_USAGE;
    return;
  }
  // A login that goes away takes its terminal signals and pipes with it; work that was begun is finished anyway.
  process.on("SIGHUP", () => undefined);
  process.on("SIGPIPE", () => undefined);
  process.chdir("/");
  process.umask(0o022);
  await (task === undefined ? serveClient(String(nonce), root) : runExecutor(task, root));
}

async function serveClient(nonce: string, root: string): Promise<void> {
  // The directory of the binary is named after its digest, which the client verified when it put it there.
  const agentId = basename(dirname(process.execPath));
  const spool = `${root}/spool/${nonce}`;
  const stream = openStream();
  await stream.write(new TextEncoder().encode(magicLine(nonce)));
  const host = createLinuxHost({ key: keyOf(root) });
  const hello = readHello({
    protocol: { min: PROTOCOL, max: PROTOCOL },
    version: __HOSTKIT_VERSION__,
    agentId,
  });
  const { onlyLooked } = await serve(stream, {
    host,
    hello,
    root,
    spool,
    by: whoAmI(),
    login: whoLoggedIn(),
    executor: createDetachedExecutor({
      root,
      bootId: hello.bootId,
      program: process.execPath,
      systemd: hello.uid === 0 && hasSystemd(),
    }),
    lock: createRunLock(lockOf(root)),
    rest: collectGarbage,
  });
  rmSync(spool, { recursive: true, force: true });
  stream.end();
  const what = onlyLooked ? "nothing" : "what is old";
  await collect({ host, root, agentId, now: Date.now(), what });
}

/** Pipes or sockets from sshd; both are read and written asynchronously, so that a slow client stops nobody. */
function openStream(): ByteStream & { end(): void } {
  const input = new Socket({ fd: IN, readable: true, writable: false });
  const output = new Socket({ fd: OUT, readable: false, writable: true });
  output.on("error", () => undefined);
  return {
    readable: input,
    write: (bytes) =>
      new Promise((resolve, reject) => {
        output.write(bytes, (error) => (error ? reject(error) : resolve()));
      }),
    end: () => {
      input.destroy();
      output.end();
    },
  };
}

main().catch((error: unknown) => {
  writeSync(2, `${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  process.exitCode = 1;
});
