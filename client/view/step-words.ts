import { isKind, kindOf } from "../../shared/resources/registry.ts";
import { oneLine } from "./text.ts";

/** What goes on with a resource where that is something of its own: `waiting for api`. */
export function doingOf(id: string): string | undefined {
  const colon = id.indexOf(":");
  const kind = id.slice(0, colon);
  const doing = isKind(kind) ? kindOf(kind).triggered?.doing : undefined;
  return doing === undefined ? undefined : `${doing} ${oneLine(id.slice(colon + 1))}`;
}
