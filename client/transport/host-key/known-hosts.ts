import { createHmac } from "node:crypto";

/** One usable line of a known_hosts file. */
export interface KnownHost {
  readonly file: string;
  /** 1-based. */
  readonly line: number;
  readonly marker: "none" | "revoked" | "cert-authority";
  /** The first field as written: a comma list of patterns, or one hashed name. */
  readonly names: string;
  /** `ssh-ed25519`, `ssh-rsa`, … */
  readonly keyType: string;
  /** The key in SSH wire format. */
  readonly key: Buffer;
}

/** What the files say about one host and port. */
export interface KnownKeys {
  readonly keys: readonly KnownHost[];
  readonly revoked: readonly KnownHost[];
  readonly authorities: readonly KnownHost[];
  /** Keys of the same host on port 22, when another port is asked for: a hint for a person, never a reason to accept. */
  readonly onDefaultPort: readonly KnownHost[];
}

export interface HostAddress {
  readonly host: string;
  readonly port: number;
}

/** Lines that OpenSSH ignores (comments, SSH 1 keys, damaged or unknown ones) are left out. */
export function parseKnownHosts(file: string, text: string): KnownHost[] {
  return text.split("\n").flatMap((raw, index) => {
    const parsed = parseLine(raw.trim());
    return parsed === undefined ? [] : [{ file, line: index + 1, ...parsed }];
  });
}

function parseLine(line: string): Omit<KnownHost, "file" | "line"> | undefined {
  if (line === "" || line.startsWith("#")) return undefined;
  const fields = line.split(/[ \t]+/u);
  const marker = fields[0]?.startsWith("@") ? fields.shift() : undefined;
  const kind =
    marker === undefined
      ? "none"
      : marker === "@revoked"
        ? "revoked"
        : marker === "@cert-authority"
          ? "cert-authority"
          : undefined;
  const [names, keyType, encoded] = fields;
  if (kind === undefined || names === undefined || keyType === undefined || encoded === undefined)
    return undefined;
  const key = Buffer.from(encoded, "base64");
  // The wire format repeats the type; a line whose two types differ is damaged (or an SSH 1 line of numbers).
  return keyTypeOf(key) === keyType ? { marker: kind, names, keyType, key } : undefined;
}

/** The type named inside a key in SSH wire format, or `undefined` when it is not one. */
export function keyTypeOf(key: Buffer): string | undefined {
  if (key.length < 4) return undefined;
  const length = key.readUInt32BE(0);
  return length > 0 && length <= key.length - 4
    ? key.subarray(4, 4 + length).toString("latin1")
    : undefined;
}

/** The name under which OpenSSH files a host: bare on port 22, `[host]:port` on any other. */
export function knownHostName({ host, port }: HostAddress): string {
  const bare = host.replace(/^\[(.*)\]$/u, "$1").toLowerCase();
  return port === 22 ? bare : `[${bare}]:${port}`;
}

export function findKnownKeys(lines: readonly KnownHost[], address: HostAddress): KnownKeys {
  const name = knownHostName(address);
  const bare = knownHostName({ ...address, port: 22 });
  const named = lines.filter((each) => namesMatch(each.names, name));
  const underBare = name === bare ? [] : lines.filter((each) => namesMatch(each.names, bare));
  const marked = (list: readonly KnownHost[], marker: KnownHost["marker"]): KnownHost[] =>
    list.filter((each) => each.marker === marker);
  return {
    keys: marked(named, "none"),
    authorities: marked(named, "cert-authority"),
    // A revocation is about the key, so one that was written without the port counts as well.
    revoked: [...marked(named, "revoked"), ...marked(underBare, "revoked")],
    onDefaultPort: marked(underBare, "none"),
  };
}

function namesMatch(names: string, name: string): boolean {
  if (names.startsWith("|")) return hashedNameMatches(names, name);
  let matched = false;
  for (const item of names.toLowerCase().split(",")) {
    const negated = item.startsWith("!");
    if (!patternMatches(negated ? item.slice(1) : item, name)) continue;
    // One negated match rules the whole line out, wherever it stands.
    if (negated) return false;
    matched = true;
  }
  return matched;
}

function hashedNameMatches(field: string, name: string): boolean {
  const [empty, version, salt, hash] = field.split("|");
  if (empty !== "" || version !== "1" || salt === undefined || hash === undefined) return false;
  return createHmac("sha1", Buffer.from(salt, "base64")).update(name).digest("base64") === hash;
}

function patternMatches(pattern: string, name: string): boolean {
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/gu, "\\$&")
    .replaceAll("*", ".*")
    .replaceAll("?", ".");
  return new RegExp(`^${source}$`, "u").test(name);
}
