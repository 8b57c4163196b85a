import { spawn } from "node:child_process";
import { timingSafeEqual } from "node:crypto";
import type { AddressInfo } from "node:net";
import ssh2, { type Connection } from "ssh2";
import { makeHostKey } from "../client/transport/ssh2-server.ts";

export interface LoopbackServer {
  readonly port: number;
  /** A line for known_hosts. */
  readonly hostKeyLine: string;
  close(): Promise<void>;
}

/**
 * An SSH server on 127.0.0.1 that runs real commands as the user it was started by: the target of the demo where no
 * machine can be booted. It accepts one key and nothing else.
 */
export async function startLoopbackServer(authorizedKey: string): Promise<LoopbackServer> {
  const hostKey = makeHostKey("ed25519");
  const allowed = ssh2.utils.parseKey(authorizedKey);
  if (allowed instanceof Error) throw allowed;
  const open = new Set<Connection>();
  const server = new ssh2.Server({ hostKeys: [hostKey.privateKey] }, (client) => {
    open.add(client);
    client
      .on("close", () => open.delete(client))
      .on("error", () => undefined)
      .on("authentication", (context) => {
        const known =
          context.method === "publickey" &&
          sameBytes(context.key.data, allowed.getPublicSSH()) &&
          (context.signature === undefined ||
            isTrue(allowed.verify(context.blob as Buffer, context.signature, context.hashAlgo)));
        if (known) context.accept();
        else context.reject(["publickey"]);
      })
      .on("session", (accept) => {
        accept().on("exec", (acceptExec, _reject, { command }) => {
          const stream = acceptExec();
          const child = spawn("/bin/sh", ["-c", command], { stdio: "pipe" });
          stream.pipe(child.stdin);
          child.stdin.on("error", () => undefined);
          child.stdout.pipe(stream, { end: false });
          child.stderr.pipe(stream.stderr, { end: false });
          child.on("close", (code) => {
            stream.exit(code ?? 255);
            stream.end();
          });
          stream.on("close", () => child.stdin.destroy());
        });
      });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    port,
    hostKeyLine: `[127.0.0.1]:${port} ${hostKey.line}`,
    close: () =>
      new Promise((resolve) => {
        for (const client of open) client.end();
        server.close(() => resolve());
      }),
  };
}

/** What verifies may also answer an Error, which its type leaves out and which is as truthy as `true`. */
function isTrue(answer: unknown): boolean {
  return answer === true;
}

function sameBytes(one: Buffer, other: Buffer): boolean {
  return one.length === other.length && timingSafeEqual(one, other);
}
