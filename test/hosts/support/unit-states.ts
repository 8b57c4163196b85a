import type { Item } from "./host-state.ts";
import type { TestHost } from "./host.ts";

const properties = ["LoadState", "ActiveState", "SubState", "UnitFileState", "NeedDaemonReload"];

/** What systemd has in memory of the units, and with which command line each runs. One command for all of them. */
export async function unitStates(
  host: TestHost,
  units: readonly string[],
): Promise<[string, Item][]> {
  if (units.length === 0) return [];
  // One call of systemctl(1) for both: a look is made some hundred times.
  const look = `shown=$(systemctl show --property=Id,MainPID,${properties.join(",")} -- ${units.join(" ")}) || exit
echo "$shown"; echo; echo
for pid in $(echo "$shown" | sed -n 's/^MainPID=//p'); do
  test $pid = 0 || echo $pid $(tr '\\0' ' ' </proc/$pid/cmdline)
done`;
  const { status, stdout, stderr } = await host.inside(look);
  if (status !== 0) throw new Error(`systemctl show: exit status ${status}\n${stderr}`);
  const [blocks = "", running = ""] = stdout.split("\n\n\n");
  const byPid = new Map(
    running.split("\n").map((line) => {
      const [pid = "", ...command] = line.split(" ");
      return [pid, command.join(" ").trim()];
    }),
  );
  return blocks.split("\n\n").map((block) => {
    const values = new Map(block.split("\n").map((line) => splitOnce(line, "=")));
    const found = properties.map((name) => [name, values.get(name) ?? ""]);
    const runs = byPid.get(values.get("MainPID") ?? "") ?? "";
    return [`unit ${values.get("Id")}`, { ...Object.fromEntries(found), runs } as Item];
  });
}

function splitOnce(line: string, separator: string): [string, string] {
  const at = line.indexOf(separator);
  return at < 0 ? [line, ""] : [line.slice(0, at), line.slice(at + separator.length)];
}
