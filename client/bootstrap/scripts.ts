import type { AgentArtifact } from "./artifact.ts";
import { bootstrapFailure } from "./bootstrap-failure.ts";
import { fillScript } from "./script-template.ts";

/** How to become root on the host: not at all (the login is root's, or none is wanted), or sudo without a password. */
export type Elevation = "none" | "sudo";

export interface ScriptOptions {
  /** 32 hexadecimal digits, new for each command: whatever a start-up file prints cannot contain it. */
  readonly nonce: string;
  readonly elevate: Elevation;
  /** An absolute directory instead of the usual state root. */
  readonly stateRoot?: string;
}

/**
 * Names of the environment that would change how the agent starts: a start-up file on the host, or the environment of
 * `--local`, must not reach it.
 */
const UNSET =
  "unset NODE_OPTIONS NODE_PATH NODE_DEBUG NODE_DEBUG_NATIVE NODE_V8_COVERAGE NODE_EXTRA_CA_CERTS NODE_REDIRECT_WARNINGS " +
  "NODE_COMPILE_CACHE NODE_CHANNEL_FD NODE_UNIQUE_ID LD_PRELOAD LD_LIBRARY_PATH LD_AUDIT OPENSSL_CONF OPENSSL_MODULES " +
  "BASH_ENV ENV;";

/** Protocol on 3 and 4; stdin is empty and stdout goes to stderr, so nothing the agent or a child prints can hit a frame. */
const START = [
  "run() {",
  'echo "HKRUN1 $n $a $r";',
  'exec "$b" serve --nonce $n --root "$r" 3<&0 4>&1 </dev/null >&2; };',
];

/**
 * Root must not run a program that somebody else could replace: every level root's own and not writable for group or
 * others; a symbolic link shows as mode 777. `u:mode@size:name` from one stat call is judged without another process.
 */
const JUDGE = [
  'unsafe() { echo "HKUNSAFE $n ${1#*:*:}"; exit 76; };',
  "judge() { case $1 in 0:*[2367]?@*|0:*[2367]@*) e=${e:-$1};; 0:*) ;; *) e=${e:-$1};; esac; };",
];

/**
 * Starts a cached agent, of whichever candidate is there, or reports what the host is. The usual case costs one `stat` and
 * no other process: that the file is ours (`-O`) and root's tells that we are root, without asking `id`.
 */
export function warmScript(
  options: ScriptOptions,
  candidates: readonly Pick<AgentArtifact, "agentId" | "size">[],
): string {
  const { root, userRoot, levels } = stateRoots(options);
  const values: Record<string, string> = { NONCE: options.nonce, ROOT: root, LEVELS: levels };
  const tries = candidates.map(({ agentId, size }, index) => {
    values[`ID${index}`] = agentId;
    values[`SIZE${index}`] = String(size);
    return `try @ID${index}@ @SIZE${index}@;`;
  });
  return command(
    options.elevate,
    [
      "umask 077; n=@NONCE@;",
      UNSET,
      ...START,
      ...JUDGE,
      "try() { a=$1; z=$2; r=@ROOT@; b=$r/agents/$a/hostkit-agent; e=;",
      "if test -x $b && test -O $b; then",
      "for v in $(stat -c %u:%a@%s:%n @LEVELS@ $r/agents $r/agents/$a $b 2>/dev/null); do judge $v; done;",
      'case $v in 0:*) if test -n "$e"; then unsafe "$e"; fi;; *[2367]?@*|*[2367]@*) unsafe "$v";; esac;',
      'if test "${v#*@}" = $z:$b; then run; fi; fi;',
      `r=${userRoot}; b=$r/agents/$a/hostkit-agent;`,
      'if test -x "$b" && test -O "$b"; then v=$(stat -c %u:%a@%s "$b" 2>/dev/null);',
      'case $v in 0:*) ;; *[2367]?@*|*[2367]@*) unsafe "0:0:$b";; *@$z) run;; esac; fi; };',
      ...tries,
      ...REPORT(userRoot),
    ],
    values,
  );
}

/** What decides which agent fits, and whether it can be installed, before anything is uploaded. */
const REPORT = (userRoot: string): string[] => [
  `if test "$(id -u)" = 0; then r=@ROOT@; else r=${userRoot}; fi; echo "HKROOT1 $n $r";`,
  'q=$r; until test -z "$q" || test -d "$q"; do q=${q%/*}; done; q=${q:-/}; echo "HKAT1 $n $q";',
  'd=$(df -Pk "$q" 2>/dev/null | tail -n 1 | { read -r x s u f m; echo "$f ${m#* }"; }); echo "HKMOUNT1 $n ${d#* }";',
  'i=$(df -Pi "$q" 2>/dev/null | tail -n 1 | { read -r x s u f m; echo "$s $f"; });',
  'p() { printf "%s=%s " "$1" "$2"; };',
  'printf "HKBOOT1 %s " $n; p os "$(uname -s)"; p arch "$(uname -m)"; p bits "$(getconf LONG_BIT 2>/dev/null || echo 0)";',
  'p elf "$(od -An -tx1 -j4 -N1 /bin/sh 2>/dev/null | tr -d " ")-$(od -An -tx1 -j18 -N2 /bin/sh 2>/dev/null | tr -d " ")";',
  'p libc "$(getconf GNU_LIBC_VERSION 2>/dev/null | tr " " -)"; p uid "$(id -u)";',
  "for l in /lib64/ld-linux-x86-64.so.2 /lib/ld-linux-aarch64.so.1 /lib/ld-musl-x86_64.so.1 /lib/ld-musl-aarch64.so.1;",
  "do if test -e $l; then p ${l##*/} 1; fi; done;",
  'p free_k "${d%% *}"; p inodes "${i%% *}"; p inodes_free "${i##* }";',
  'x=$q/.hk.$n; if echo exit 0 2>/dev/null >"$x"; then chmod 700 "$x"; if "$x" 2>/dev/null; then p exec ok; else p exec noexec; fi;',
  'rm -f "$x"; else p exec readonly; fi;',
  "for t in gzip head stat mkdir chmod mv rm sync sha256sum openssl; do if command -v $t >/dev/null 2>&1; then p has_$t 1; fi; done;",
  "echo end; exit 75",
];

/**
 * Receives the agent on stdin, verifies it, publishes it by rename and starts it. Several may run at once: each has its own
 * temporary file, and all publish the same bytes. Exit codes: 70 verification, 71 unpacking, 72 permission, 76 unsafe.
 */
export function coldScript(
  options: ScriptOptions,
  artifact: Pick<AgentArtifact, "agentId" | "size" | "compressedSize">,
): string {
  const { root, userRoot, levels } = stateRoots(options);
  return command(
    options.elevate,
    [
      "umask 077; n=@NONCE@; a=@ID@; z=@SIZE@; e=; x=;",
      UNSET,
      ...START,
      ...JUDGE,
      'if test "$(id -u)" = 0; then r=@ROOT@;',
      "for v in $(stat -c %u:%a@%s:%n @LEVELS@ $r/agents $r/agents/$a 2>/dev/null); do x=1; judge $v; done;",
      'if test -n "$e"; then unsafe "$e"; fi; if test -z "$x"; then exit 70; fi;',
      `else r=${userRoot}; fi;`,
      "d=$r/agents/$a; t=$d/.tmp.$n; b=$d/hostkit-agent;",
      'mkdir -p "$d" && chmod 700 "$r" "$r/agents" "$d" || exit 72;',
      // The end of the connection is the end of stdin, not a signal; the signals are for a shutdown in between.
      'cleanup() { rm -f "$t"; }; trap cleanup 0; trap "exit 71" 1 2 13 15;',
      // Not `: >file`: a failed redirection of a special builtin ends the shell with a code of its own.
      // A newline first: what a start-up file printed last may lack one.
      'true >"$t" || exit 72; echo; echo "HKRDY1 $n";',
      'head -c @CSIZE@ | gzip -dc >"$t" || exit 71; test "$(stat -c %s "$t")" = $z || exit 70;',
      's=$(sha256sum <"$t" 2>/dev/null) || s=$(openssl dgst -sha256 -r <"$t") || exit 70; test "${s%% *}" = $a || exit 70;',
      'chmod 755 "$t"; if test -e /sys/fs/selinux/enforce && command -v chcon >/dev/null 2>&1; then chcon -t bin_t "$t" 2>/dev/null; fi;',
      'sync "$t" 2>/dev/null || sync; mv -f "$t" "$b" || exit 72; run; exit 73',
    ],
    {
      NONCE: options.nonce,
      ROOT: root,
      LEVELS: levels,
      ID: artifact.agentId,
      SIZE: String(artifact.size),
      CSIZE: String(artifact.compressedSize),
    },
  );
}

const ADMIN_ROOT = "/var/lib/hostkit";
const HOME_ROOT = "${XDG_STATE_HOME:-$HOME/.local/state}/hostkit";

function stateRoots({ stateRoot }: ScriptOptions): {
  root: string;
  userRoot: string;
  levels: string;
} {
  const root = stateRoot ?? ADMIN_ROOT;
  if (!/^(?:\/[0-9A-Za-z_-][0-9A-Za-z._-]*)+$/u.test(root))
    throw bootstrapFailure(
      "HK2123",
      `${JSON.stringify(root)} is not an absolute path of letters, digits, dots, dashes and underscores. Give such a one.`,
    );
  const parts = root.split("/").slice(1);
  const levels = ["/", ...parts.map((_part, index) => `/${parts.slice(0, index + 1).join("/")}`)];
  return { root, userRoot: stateRoot === undefined ? HOME_ROOT : root, levels: levels.join(" ") };
}

function command(
  elevate: Elevation,
  lines: readonly string[],
  values: Record<string, string>,
): string {
  const prefix = elevate === "sudo" ? "sudo -n -- " : "";
  return `${prefix}/bin/sh -c '${fillScript(lines, values)}'`;
}
