import type { Checks, Endpoint, LogCheck } from "./checks.ts";
import type { HttpCheck } from "./http-check.ts";

/** What is asked, by the name of the option it was asked by, in words for a person. */
export interface CheckText {
  readonly field: keyof Checks;
  readonly text: string;
}

export function describeChecks(checks: Checks): CheckText[] {
  const { http, tcp, socket, unit, command, log } = checks;
  return [
    ...(http === undefined ? [] : [{ field: "http", text: ofHttp(http) } as const]),
    ...(tcp === undefined ? [] : [{ field: "tcp", text: ofEndpoint(tcp) } as const]),
    ...(socket === undefined ? [] : [{ field: "socket", text: socket } as const]),
    ...(unit === undefined ? [] : [{ field: "unit", text: unit } as const]),
    ...(command === undefined ? [] : [{ field: "command", text: command.join(" ") } as const]),
    ...(log === undefined ? [] : [{ field: "log", text: ofLog(log) } as const]),
  ];
}

function ofEndpoint({ host, port }: Endpoint): string {
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}

function ofHttp({ url, status, contains, method, socket }: HttpCheck): string {
  const usual = status.length === 1 && status[0] === 200;
  return [
    ...(method === "GET" ? [] : [method]),
    url,
    ...(socket === undefined ? [] : [`at ${socket}`]),
    ...(usual ? [] : [`status ${status.join(" or ")}`]),
    ...(contains === undefined ? [] : [`with ${JSON.stringify(contains)}`]),
  ].join(" ");
}

function ofLog({ unit, contains, matches }: LogCheck): string {
  const what = contains === undefined ? `/${matches ?? ""}/` : JSON.stringify(contains);
  return `${unit ?? ""} ${what}`.trim();
}
