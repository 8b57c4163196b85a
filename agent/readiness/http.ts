import type { HttpCheck } from "../../shared/checks/http-check.ts";
import type { Host } from "../host/host.ts";
import type { Ask } from "./checks.ts";
import { silence } from "./silence.ts";

/** What an answer holds is never told: it may be confidential. */
export function asksHttp(check: HttpCheck, host: Host): Ask {
  const { url, status: wanted, contains, method, socket } = check;
  const probe = {
    type: "http",
    url,
    method,
    headers: check.headers ?? {},
    socket,
    insecure: check.insecure === true,
    followRedirects: check.followRedirects === true,
  } as const;
  return async (limits) => {
    const answer = await host.probe(probe, limits);
    if (answer.type === "none") return silence(answer.code, limits);
    if (answer.type !== "http") return "gave an answer that is not HTTP";
    const { status, body } = answer;
    if (!wanted.includes(status)) {
      return `answered with status ${status} instead of ${wanted.join(" or ")}`;
    }
    if (contains === undefined || body.includes(contains)) return undefined;
    return `answered with status ${status}, and without the text in its ${body.length} characters`;
  };
}
