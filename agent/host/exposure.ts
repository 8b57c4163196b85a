import { type Host, HostFault } from "./host.ts";

/** The one place that knows how systemd-analyze(1) security is asked about units that are not on the host, and what it prints. */

/** Texts of units by name, such as those before a change, and those after it. */
export type UnitTexts = ReadonlyMap<string, string>;

/** By name of the unit, as systemd says it: `1.3 OK`. */
export type Exposures = ReadonlyMap<string, string>;

/** Milliseconds for all units; a hundred take some 200. */
const TIMEOUT = 5000;

const VERDICT = /Overall exposure level for (\S+): ([\d.]+ [A-Z]+)/;
const NEXT = "--";

/**
 * What systemd holds of how much units are confined; nothing of those it can't say anything of, and of none where the host has
 * an older one (250 is the first that reads files) or the agent is not root. One process, whose mounts nobody else sees: the texts
 * lie in memory there, and what systemd-analyze notes in /run, it can't.
 */
export async function exposuresOf(
  sets: readonly UnitTexts[],
  host: Pick<Host, "run" | "uid">,
): Promise<Exposures[]> {
  const nothing = sets.map(() => new Map<string, string>());
  if (host.uid !== 0 || sets.every((set) => set.size === 0)) return nothing;
  try {
    const argv = ["unshare", "--mount", "--propagation", "private", "sh"] as const;
    const { stdout } = await host.run(argv, { input: scriptFor(sets), timeout: TIMEOUT });
    const parts = stdout.split(`${NEXT}\n`);
    return sets.map((_set, index) => verdictsIn(parts[index] ?? ""));
  } catch (error) {
    // Nobody asked for it: a plan is as good without.
    if (error instanceof HostFault) return nothing;
    throw error;
  }
}

/** Comes by stdin: what a unit says is no business of whoever lists processes. */
function scriptFor(sets: readonly UnitTexts[]): string {
  const lines = [
    "set -e",
    "mount -t tmpfs -o mode=0700 hostkit /tmp",
    "mount --bind /run/systemd /run/systemd",
    "mount -o remount,bind,ro /run/systemd",
  ];
  for (const [index, set] of sets.entries()) {
    const directory = `/tmp/${index}`;
    const paths = [...set.keys()].map((name) => quoted(`${directory}/${name}`));
    lines.push(`mkdir ${directory}`);
    for (const [name, text] of set) {
      lines.push(`printf %s ${quoted(text)} >${quoted(`${directory}/${name}`)}`);
    }
    if (paths.length > 0) {
      lines.push(
        `systemd-analyze security --offline=yes --no-pager -- ${paths.join(" ")} </dev/null 2>/dev/null | grep '^[^ ]* Overall exposure' || :`,
      );
    }
    lines.push(`echo ${NEXT}`);
  }
  return `${lines.join("\n")}\n`;
}

const quoted = (text: string) => `'${text.replaceAll("'", String.raw`'\''`)}'`;

function verdictsIn(output: string): Exposures {
  return new Map(
    output.split("\n").flatMap((line) => {
      const [, name, verdict] = VERDICT.exec(line) ?? [];
      return name === undefined || verdict === undefined ? [] : [[name, verdict] as const];
    }),
  );
}
