/** What the warm script found out about a host on which no agent could be started. */
export interface HostReport {
  readonly values: ReadonlyMap<string, string>;
  /** The state root it chose. */
  readonly root: string;
  /** The nearest directory of it that exists: there the space was measured and the execution tried. */
  readonly at: string;
  readonly mount: string;
}

/** Finds the report in everything the command printed; the last line with our nonce counts, whatever stands around it. */
export function parseReport(text: string, nonce: string): HostReport | undefined {
  const line = lastLine(text, "HKBOOT1", nonce);
  if (line === undefined || !/(?:^| )end$/u.test(line)) return undefined;
  const values = new Map<string, string>();
  for (const word of line.split(" ")) {
    const split = word.indexOf("=");
    if (split > 0) values.set(word.slice(0, split), word.slice(split + 1));
  }
  return {
    values,
    root: lastLine(text, "HKROOT1", nonce) ?? "",
    at: lastLine(text, "HKAT1", nonce) ?? "",
    mount: lastLine(text, "HKMOUNT1", nonce) ?? "",
  };
}

/** Which agent was started, and with which state root. */
export interface StartedAgent {
  readonly agentId: string;
  readonly stateRoot: string;
}

export function parseStarted(text: string, nonce: string): StartedAgent | undefined {
  const match = /^([0-9a-f]{64}) (.+)$/u.exec(lastLine(text, "HKRUN1", nonce) ?? "");
  return match?.[1] === undefined || match[2] === undefined
    ? undefined
    : { agentId: match[1], stateRoot: match[2] };
}

/** The path that is not safe to run programs from, when the script refused for that. */
export function parseUnsafePath(text: string, nonce: string): string | undefined {
  return lastLine(text, "HKUNSAFE", nonce);
}

/** The rest of the last line that holds `tag nonce`; noise without a newline may stand before it on the same line. */
function lastLine(text: string, tag: string, nonce: string): string | undefined {
  const start = text.lastIndexOf(`${tag} ${nonce} `);
  if (start < 0) return undefined;
  return text
    .slice(start + tag.length + nonce.length + 2)
    .split("\n", 1)[0]
    ?.trimEnd();
}
