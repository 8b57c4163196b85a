import type { AuthPlan, Credential } from "./plan.ts";

/** What to send the server next. */
export type Attempt<Key> =
  | { readonly kind: "key"; readonly key: Key }
  | { readonly kind: "agent-key"; readonly publicKey: Buffer }
  | { readonly kind: "password"; readonly password: string }
  | { readonly kind: "keyboard-interactive"; readonly answer: string }
  /** Asks for the list of methods only: a server that saw agent keys alone has not been heard on that. */
  | { readonly kind: "ask-methods" }
  | { readonly kind: "exhausted" };

export interface Secrets<Key> {
  /** Parses a key file, unlocking it first when it is locked. */
  unlock(credential: Extract<Credential, { kind: "key-file" }>): Promise<Key | { refused: string }>;
  password(): Promise<string>;
}

/** The server's answer to the last attempt. */
interface Answer {
  /** `null` until the server has named its methods. */
  readonly methodsLeft: readonly string[] | null;
  /** The attempt was right, and the server wants another method on top. */
  readonly partialSuccess: boolean | null;
}

/** The client's half of the authentication, driven by what the server answers. */
export interface AuthConversation<Key> {
  next(answer: Answer): Promise<Attempt<Key>>;
  note(text: string): void;
  outcome(): AuthOutcome;
}

/** For the message when the login is refused. */
export interface AuthOutcome {
  readonly tried: readonly string[];
  /** The methods the server was still willing to accept. */
  readonly accepted: readonly string[];
  /** Whether the server took one credential and wants a second kind. */
  readonly progress: "none" | "partial";
  readonly notes: readonly string[];
}

export function createAuthConversation<Key>(
  plan: AuthPlan,
  secrets: Secrets<Key>,
): AuthConversation<Key> {
  const queue = [...plan.credentials];
  const tried: string[] = [];
  const notes = plan.leftOut.map((each) => each.why);
  let accepted: readonly string[] = [];
  let progress: "none" | "partial" = "none";
  let askedMethods = false;
  let password: string | undefined;
  let keyboardTried = false;

  const passwordAttempt = async (methodsLeft: readonly string[] | null): Promise<Attempt<Key>> => {
    password = await secrets.password();
    const keyboardOnly =
      methodsLeft !== null &&
      methodsLeft.includes("keyboard-interactive") &&
      !methodsLeft.includes("password");
    keyboardTried = keyboardOnly;
    return keyboardOnly
      ? { kind: "keyboard-interactive", answer: password }
      : { kind: "password", password };
  };

  return {
    outcome: () => ({ tried, accepted, progress, notes }),
    note(text) {
      if (!notes.includes(text)) notes.push(text);
    },
    async next({ methodsLeft, partialSuccess }) {
      accepted = methodsLeft ?? accepted;
      if (partialSuccess === true) progress = "partial";
      for (let item = queue.shift(); item !== undefined; item = queue.shift()) {
        if (item.kind === "key-file") {
          const key = await secrets.unlock(item);
          if (typeof key === "object" && key !== null && "refused" in key) {
            notes.push(`${item.path}: ${key.refused}`);
            continue;
          }
          tried.push(item.label);
          return { kind: "key", key };
        }
        tried.push(item.label);
        if (item.kind === "agent-key") return item;
        return passwordAttempt(methodsLeft);
      }
      // Servers with PAM often refuse `password` and ask the same question interactively. Where both are on offer the
      // refused password is wrong, and a second attempt with it would only come closer to a lock-out.
      if (
        password !== undefined &&
        !keyboardTried &&
        methodsLeft?.includes("keyboard-interactive") === true &&
        !methodsLeft.includes("password")
      ) {
        keyboardTried = true;
        return { kind: "keyboard-interactive", answer: password };
      }
      if (methodsLeft === null && !askedMethods) {
        askedMethods = true;
        return { kind: "ask-methods" };
      }
      return { kind: "exhausted" };
    },
  };
}
