import ssh2, {
  type AuthContext,
  type Connection,
  type ServerChannel,
  type ServerConfig,
} from "ssh2";

/** A server whose every answer the test decides; the only test file that knows the library. */
export interface FakeServer extends AsyncDisposable {
  readonly port: number;
  /** Authentication methods in the order in which they were tried, over all connections. */
  readonly attempts: readonly string[];
  readonly connections: readonly Connection[];
}

export interface FakeServerOptions {
  /** Private keys; the first is as good as the last. */
  readonly hostKeys: readonly string[];
  /** Default: everything is accepted. */
  readonly authenticate?: (context: AuthContext) => void;
  readonly algorithms?: ServerConfig["algorithms"];
  readonly exec?: (command: string, channel: ServerChannel) => void;
}

export async function startFakeServer(options: FakeServerOptions): Promise<FakeServer> {
  const attempts: string[] = [];
  const connections: Connection[] = [];
  const { algorithms } = options;
  const server = new ssh2.Server(
    { hostKeys: [...options.hostKeys], ...(algorithms === undefined ? {} : { algorithms }) },
    (connection) => {
      connections.push(connection);
      connection.on("error", () => undefined);
      connection.on("authentication", (context) => {
        attempts.push(context.method);
        if (options.authenticate === undefined) context.accept();
        else options.authenticate(context);
      });
      connection.on("session", (accept) => {
        accept().on("exec", (acceptExec, _reject, info) => {
          const channel = acceptExec();
          channel.on("error", () => undefined);
          if (options.exec !== undefined) return options.exec(info.command, channel);
          channel.exit(0);
          return channel.end();
        });
      });
    },
  );
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  return {
    port: (server.address() as { port: number }).port,
    attempts,
    connections,
    async [Symbol.asyncDispose]() {
      for (const connection of connections) connection.end();
      await new Promise((resolve) => {
        server.close(resolve);
      });
    },
  };
}

export interface HostKey {
  readonly privateKey: string;
  /** In SSH wire format. */
  readonly publicKey: Buffer;
  readonly keyType: string;
  /** As in a known_hosts file, without the name. */
  readonly line: string;
}

export function makeHostKey(type: "ed25519" | "rsa" | "ecdsa"): HostKey {
  const pair =
    type === "ed25519"
      ? ssh2.utils.generateKeyPairSync("ed25519")
      : type === "rsa"
        ? ssh2.utils.generateKeyPairSync("rsa", { bits: 2048 })
        : ssh2.utils.generateKeyPairSync("ecdsa", { bits: 256 });
  // Of two hundred ed25519 keys that ssh2 makes, one can't be read by itself: where a number begins with a zero byte.
  if (ssh2.utils.parseKey(pair.private) instanceof Error) return makeHostKey(type);
  const [keyType = "", encoded = ""] = pair.public.split(" ");
  return {
    privateKey: pair.private,
    publicKey: Buffer.from(encoded, "base64"),
    keyType,
    line: `${keyType} ${encoded}`,
  };
}

/** How the bare library answers a verifier: resolves with `accepted` when the login went on after it. */
export function connectBare(
  port: number,
  hostVerifier: (key: Buffer, answer: (accepted: boolean) => void) => undefined,
): Promise<"accepted" | "refused"> {
  const client = new ssh2.Client();
  return new Promise((resolve) => {
    client.on("ready", () => {
      resolve("accepted");
      client.end();
    });
    client.on("error", () => resolve("refused"));
    client.connect({ host: "127.0.0.1", port, username: "anyone", password: "any", hostVerifier });
  });
}
