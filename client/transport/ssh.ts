import { type Attempt, createAuthConversation } from "./auth/conversation.ts";
import { loginRefused } from "./auth/failure.ts";
import type { AuthPlan } from "./auth/plan.ts";
import { type Carrier, openTcp, openThrough } from "./carrier.ts";
import { startDeadline } from "./deadline.ts";
import { parsePin } from "./host-key/fingerprint.ts";
import { createHostKeyCheck } from "./host-key/check.ts";
import type { HostKeyPolicy } from "./host-key/policy.ts";
import { hostKeyVerifier } from "./host-key/verifier.ts";
import { watchIdle } from "./idle-watchdog.ts";
import { type KeyRound, tryEachKind } from "./host-key/key-rounds.ts";
import { findKnownKeys } from "./host-key/known-hosts.ts";
import { readKnownHosts } from "./host-key/known-hosts-files.ts";
import { brokenLogin, type LoginPhase, loginTimeout } from "./login-failure.ts";
import { prepareAuth } from "./auth/prepare.ts";
import { askAgent, type KeyAgent, oneKeyOf } from "./key-agent.ts";
import { withRetry } from "./retry.ts";
import { createSecretVault, type SecretVault } from "./auth/secret-vault.ts";
import { createSshConnection, type LoggedIn } from "./ssh-connection.ts";
import {
  endpointLabel,
  resolveEndpoint,
  type SshEndpoint,
  type SshSettings,
} from "./ssh-endpoint.ts";
import { isTransient } from "./ssh-failure.ts";
import {
  type AnyAuthMethod,
  createClient,
  type KeyboardInteractiveAuthMethod,
  type ParsedKey,
  parseKey,
  type Ssh2Client,
} from "./ssh2.ts";
import type { Transport } from "./transport.ts";

const GREETING_LIMIT = 4 * 1024;

/** SSH through the ssh2 library: strict host keys, an explicit order of credentials, no pty, no forwarding. */
export function createSshTransport(endpoint: SshEndpoint): Transport {
  const dial = createDialer(endpoint);
  return { connect: async (signal) => createSshConnection(await dial(signal)) };
}

type Login = LoggedIn & { readonly client: Ssh2Client };

function createDialer(endpoint: SshEndpoint): (signal: AbortSignal) => Promise<Login> {
  const settings = resolveEndpoint(endpoint);
  const { host, port, connectTimeoutMs: timeoutMs } = settings;
  const vault = createSecretVault<ParsedKey>({ ...settings, parseKey });
  const hop = settings.jump === undefined ? undefined : createDialer(settings.jump);

  const attempt = async (signal: AbortSignal): Promise<Login> => {
    const [policy, auth] = await Promise.all([
      readPolicy(settings),
      prepareAuth(settings, (socket) => askAgent(socket)),
    ]);
    return tryEachKind(policy, async (round) => {
      const carrier =
        hop === undefined
          ? await openTcp({ host, port, timeoutMs, signal })
          : await openThrough(await hop(signal), { host, port }, timeoutMs);
      return logIn({ settings, vault, policy, ...auth, round, carrier, signal });
    });
  };
  return (signal) =>
    withRetry({ policy: settings.retry, signal, isTransient, attempt: () => attempt(signal) });
}

async function readPolicy(settings: SshSettings): Promise<HostKeyPolicy> {
  const address = { host: settings.host, port: settings.port };
  const pin = settings.hostKey === undefined ? {} : { pin: parsePin(settings.hostKey) };
  return {
    address,
    known: findKnownKeys(await readKnownHosts(settings.knownHostsFiles), address),
    unknownHost: settings.acceptNewHostKey === "record" ? "record" : "refuse",
    files: settings.knownHostsFiles,
    ...pin,
  };
}

interface LoginOptions {
  readonly settings: SshSettings;
  readonly vault: SecretVault<ParsedKey>;
  readonly policy: HostKeyPolicy;
  readonly plan: AuthPlan;
  readonly agent: KeyAgent | undefined;
  readonly round: KeyRound;
  readonly carrier: Carrier;
  readonly signal: AbortSignal;
}

async function logIn(options: LoginOptions): Promise<Login> {
  const client = createClient();
  try {
    return await converse(client, options);
  } catch (error) {
    client.destroy();
    await options.carrier.close();
    throw error;
  }
}

function converse(client: Ssh2Client, options: LoginOptions): Promise<Login> {
  const { settings, vault, policy, plan, agent, round, carrier, signal } = options;
  const label = endpointLabel(settings);
  const hostKey = createHostKeyCheck(policy, round.onKeyShown);
  const state: { phase: LoginPhase; greeting: Buffer; lastError?: Error } = {
    phase: "key-exchange",
    greeting: Buffer.alloc(0),
  };
  const lost = new Promise<string>((resolve) => {
    client.on("close", () =>
      resolve(state.lastError?.message ?? "the other side closed the connection"),
    );
  });

  return new Promise((resolve, reject) => {
    let settled = false;
    const settle = (action: () => void): void => {
      if (settled) return;
      settled = true;
      deadline.clear();
      signal.removeEventListener("abort", onAbort);
      action();
    };
    const fail = (error: unknown): void => settle(() => reject(error));
    const broken = (error?: Error): void =>
      fail(hostKey.refusal() ?? brokenLogin({ target: label, ...state, ...(error && { error }) }));
    const onAbort = (): void => fail(signal.reason);
    const deadline = startDeadline(settings.readyTimeoutMs, () =>
      fail(loginTimeout({ target: label, ...state }, settings.readyTimeoutMs)),
    );
    signal.addEventListener("abort", onAbort, { once: true });
    if (signal.aborted) return onAbort();

    const conversation = createAuthConversation(plan, {
      unlock: (credential) => deadline.whilePaused(() => vault.unlock(credential)),
      password: () => deadline.whilePaused(() => vault.password()),
    });
    const refused = (serverSaid?: string): void => {
      vault.forgetPassword();
      fail(loginRefused({ target: label, ...conversation.outcome(), serverSaid }));
    };

    // Permanent: the library reports errors even after the end of a connection, and an unheard one ends the process.
    client.on("error", (error) => {
      // A key that could not sign is one attempt less; the library goes on with the next.
      if (error.level === "agent" || error.level === "client-authentication")
        return conversation.note(error.message);
      state.lastError = error;
      if (settled) return undefined;
      if (state.phase === "key-exchange") return broken(error);
      // Of all errors only the server's own farewell has no level.
      return error.level === undefined ? refused(error.message) : broken(error);
    });
    void lost.then(() => settled || broken());
    client.on("change password", () => refused("The password has expired and must be changed."));
    client.on("handshake", () => {
      state.phase = "authentication";
      try {
        hostKey.proved();
      } catch (error) {
        fail(error);
      }
    });
    client.on("ready", () => {
      const { intervalMs, count } = settings.keepalive;
      const stopWatching = watchIdle(carrier.stream, intervalMs * count, () => {
        state.lastError = new Error(`nothing was received for ${(intervalMs * count) / 1000} s`);
        carrier.stream.destroy();
      });
      void lost.then(stopWatching);
      const closeCarrier = (): Promise<void> => carrier.close();
      settle(() => resolve({ client, label, hostKey: hostKey.fingerprint(), lost, closeCarrier }));
    });

    client.connect({
      sock: carrier.stream,
      username: settings.user,
      // Our own deadline stands still while a person types a passphrase.
      readyTimeout: 0,
      // The library sends the requests; our own watchdog judges, since it counts every byte as life.
      keepaliveInterval: settings.keepalive.intervalMs,
      keepaliveCountMax: Number.MAX_SAFE_INTEGER,
      // No compression: the payload is compressed. Ciphers and key exchanges are the library's own, which have no CBC and no SHA-1.
      algorithms: { serverHostKey: [...round.algorithms], compress: ["none"] },
      hostVerifier: hostKeyVerifier((key) => hostKey.accepts(key)),
      authHandler: (methodsLeft, partialSuccess, next) => {
        conversation.next({ methodsLeft, partialSuccess }).then((attempt) => {
          const method = authMethod(attempt, settings.user, agent);
          if (method === undefined) refused();
          else next(method);
        }, fail);
      },
    });
    // After `connect`, which pauses the stream: it flows when the library listens too.
    const onGreeting = (chunk: Buffer): void => {
      state.greeting = Buffer.concat([state.greeting, chunk]);
      if (state.greeting.length > GREETING_LIMIT) carrier.stream.off("data", onGreeting);
    };
    carrier.stream.on("data", onGreeting);
  });
}

function authMethod(
  attempt: Attempt<ParsedKey>,
  username: string,
  agent: KeyAgent | undefined,
): AnyAuthMethod | undefined {
  switch (attempt.kind) {
    case "key":
      return { type: "publickey", username, key: attempt.key };
    case "agent-key":
      return agent && { type: "agent", username, agent: oneKeyOf(agent, attempt.publicKey) };
    case "password":
      return { type: "password", username, password: attempt.password };
    case "keyboard-interactive":
      return { type: "keyboard-interactive", username, prompt: answerOnce(attempt.answer) };
    case "ask-methods":
      return { type: "none", username };
    case "exhausted":
      return undefined;
  }
}

/** Answers the hidden question of the first round; a second round means that the answer was wrong. */
function answerOnce(answer: string): KeyboardInteractiveAuthMethod["prompt"] {
  let asked = 0;
  return (_name, _instructions, _language, prompts, finish) => {
    asked += 1;
    finish(prompts.map((each) => (each.echo === true || asked > 1 ? "" : answer)));
  };
}
