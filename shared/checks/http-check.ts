import * as z from "zod";
import { PathRef } from "../brands.ts";

const URL_MESSAGE =
  "must be a URL that begins with http:// or https:// and has a port up to 65535, such as http://127.0.0.1:4000/health";

const UrlText = z
  .url({ protocol: /^https?$/, error: URL_MESSAGE })
  // What is in a plan is read by many.
  .refine((url) => !/^[a-z]+:\/\/[^/?#]*@/i.test(url), {
    error: "must not have a user or a password in it: plans show it",
    params: { confidential: true },
  });

/** A URL, or what has one: the handle of a listener. */
const Url = z.union([UrlText, z.looseObject({ url: UrlText }).transform(({ url }) => url)], {
  error: URL_MESSAGE,
});

const Status = z.int().min(100).max(599);
const HeaderText = z.string().regex(/^[^\r\n\0]*$/, "must not contain a line break");

/** Asks a URL from the host itself; no program is needed there for it. */
export const HttpCheck = z
  .strictObject({
    /** What is asked: `url: "http://127.0.0.1:4000/health"`, or the handle of a listener. */
    url: Url,
    /** Put behind `url`, for URLs that are handles: `path: "/health"`. */
    path: z
      .string()
      .regex(/^\/[^\s#]*$/, "must begin with /, such as /health")
      .optional(),
    /** The statuses that count as ready; 200 unless set. `status: [200, 204]` */
    status: z
      .union([Status, z.array(Status).min(1)], {
        error: "must be a status such as 200, or a list of them",
      })
      .transform((status) => [status].flat())
      .default([200]),
    /** Text that the answer must have in its first megabyte: `contains: "ok"`. */
    contains: z.string().min(1).optional(),
    /** `GET` unless set: `method: "HEAD"`. */
    method: z.enum(["GET", "HEAD"]).default("GET"),
    /** Anybody who reads a plan can read them: `headers: { Host: "api.example.com" }`. */
    headers: z
      .record(
        z.string().regex(/^[A-Za-z0-9!#$%&'*+.^_`|~-]+$/, "must be the name of a header"),
        HeaderText,
      )
      .optional(),
    /** The Unix socket to ask instead of the URL's own host and port: `socket: "/run/api/http.sock"`. */
    socket: PathRef.optional(),
    /** Takes any certificate, for those that nobody signed; false unless set. `insecure: true` */
    insecure: z.boolean().optional(),
    /** Goes where a redirect leads, five times at most; false unless set, so that 301 is an answer. `followRedirects: true` */
    followRedirects: z.boolean().optional(),
  })
  .refine(
    ({ method, contains }) => method !== "HEAD" || contains === undefined,
    'has `contains`, but the answer to method: "HEAD" has no text',
  )
  .transform(({ path, ...check }) =>
    path === undefined ? check : { ...check, url: `${check.url.replace(/\/+$/, "")}${path}` },
  );
export type HttpCheck = z.output<typeof HttpCheck>;
