import * as http from "node:http";
import * as https from "node:https";
import { connect } from "node:net";
import * as tls from "node:tls";
import { errnoOf } from "./fault.ts";
import type { Listening, Probe, ProbeAnswer, ProbeOptions } from "./host.ts";

/** Bytes of an answer that are looked at; more is not waited for. */
const BODY_LIMIT = 1024 * 1024;
const REDIRECTS = 5;

type HttpProbe = Extract<Probe, { readonly type: "http" }>;

/** Asks with this process's own means: a bare host has no curl(1). */
export async function askOnce(
  probe: Probe,
  { timeout, signal }: ProbeOptions,
): Promise<ProbeAnswer> {
  const time = AbortSignal.timeout(Math.max(1, Math.ceil(timeout)));
  const until = AbortSignal.any([time, signal]);
  try {
    if (probe.type === "connect") return await connects(probe.to, until);
    return await get(probe, until);
  } catch (error) {
    if (time.aborted) return { type: "none", code: "ETIMEDOUT" };
    return { type: "none", code: errnoOf(error) ?? (error instanceof Error ? error.name : "") };
  }
}

function connects(to: Listening, signal: AbortSignal): Promise<ProbeAnswer> {
  return new Promise((resolve, reject) => {
    const socket = connect({ ...to, signal });
    socket.once("connect", () => {
      socket.destroy();
      resolve({ type: "connected" });
    });
    socket.once("error", reject);
  });
}

async function get(probe: HttpProbe, signal: AbortSignal): Promise<ProbeAnswer> {
  let url = probe.url;
  for (let hops = 0; ; hops++) {
    const response = await open(url, probe, signal);
    const status = response.statusCode ?? 0;
    const { location } = response.headers;
    const isRedirect = status >= 300 && status < 400 && location !== undefined;
    if (!probe.followRedirects || !isRedirect || hops === REDIRECTS) {
      return { type: "http", status, body: await beginningOf(response) };
    }
    response.destroy();
    url = new URL(location, url).href;
  }
}

function open(url: string, probe: HttpProbe, signal: AbortSignal): Promise<http.IncomingMessage> {
  const { method, headers, socket, insecure } = probe;
  const isSecure = url.startsWith("https:");
  const options: https.RequestOptions = {
    method,
    signal,
    // Each question over a connection of its own: one that is kept would tell of what was there before.
    agent: false,
    headers: { "User-Agent": "hostkit", ...headers },
    ...(socket === undefined ? {} : { socketPath: socket }),
    ...(isSecure ? { rejectUnauthorized: !insecure } : {}),
    ...(isSecure && !insecure ? { ca: authorities() } : {}),
  };
  return new Promise((resolve, reject) => {
    const request = isSecure ? https.request(url, options) : http.request(url, options);
    request.once("response", resolve);
    request.once("error", reject);
    request.end();
  });
}

/** The ones this runtime brings, and those that the host trusts besides: whoever runs a CA of their own puts it there. */
function authorities(): string[] {
  const { getCACertificates } = tls as { getCACertificates?: (type: "system") => string[] };
  return [...tls.rootCertificates, ...(getCACertificates?.("system") ?? [])];
}

async function beginningOf(response: http.IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response) {
    chunks.push(chunk as Buffer);
    size += (chunk as Buffer).length;
    if (size >= BODY_LIMIT) break;
  }
  return Buffer.concat(chunks).toString("utf8");
}
