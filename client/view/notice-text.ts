import type { Notice } from "../operate/talk.ts";
import type { Target } from "../operate/target.ts";
import { duration } from "./quantity.ts";
import { runResultText } from "./run-result-text.ts";
import { oneLine } from "./text.ts";

/** Whether it is looked for only with `-v`; every other one changes what a person waits for, or must do. */
export const isDetail = ({ type }: Notice): boolean => type === "connected";

export function noticeText(target: Pick<Target, "name" | "flags">, notice: Notice): string {
  const name = oneLine(target.name);
  switch (notice.type) {
    case "connected": {
      const { os, version, agentId, machineId } = notice.hello;
      return `${name}: ${notice.label}, ${os.name}, agent ${version} (${agentId.slice(0, 12)}), machine ${machineId}`;
    }
    case "cut-off":
      return `${name}: the last run, ${notice.run}, was cut off. It is brought to its end first.`;
    case "settled":
      return `${name}: the run ${notice.run}: ${runResultText(notice.response)}.`;
    case "stopping":
      return `${name} is being changed: the run ${notice.run} stops after the change that is being made, and what it did is dealt with as after a failure. Waiting for it. Press Ctrl-C again to leave it alone; then \`hostkit runs ${target.flags} --follow\` shows it.`;
    case "lost":
      return `${name}: the connection was lost (${notice.why}). The run goes on without it; reaching for the host again.`;
    case "confirming":
      return `${name}: all is done, and is taken back unless a new connection comes in within ${duration(notice.milliseconds)}. Coming in.`;
    case "confirmed":
      return `${name}: confirmed over a new connection.`;
    case "unconfirmed":
      return `${name}: no new connection came in (${notice.why}). The host takes everything back.`;
  }
}
