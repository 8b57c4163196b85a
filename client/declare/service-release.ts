import * as z from "zod";
import { AbsolutePath } from "../../shared/brands.ts";
import type { ContentSource } from "./declared.ts";
import type { Handle, Reference } from "./handle.ts";
import { pathIn } from "./names.ts";
import type { Options } from "./resource-builders.ts";
import { isRecord } from "./resource-options.ts";
import type { Service } from "./service.ts";

/** A version that is in use, by the link that leads to it. */
export type ReleaseHandle = Handle<"symlink"> & {
  readonly version: string;
  /** Where this version is: `/opt/api/releases/1.4.2`. `path` is the link: `/opt/api/current`. */
  readonly versionPath: string;
  /** Where all versions are: `/opt/api/releases`. */
  readonly releasesPath: string;
  /** How many versions are worth keeping. */
  readonly keep: number;
};

const Version = z
  .string()
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9._+~-]*$/,
    "must be one word: letters, digits, `.`, `_`, `+`, `~` and `-`, such as 1.4.2",
  )
  .max(128);

const RelativePath = z
  .string()
  .refine(
    (path) => !path.startsWith("/") && AbsolutePath.safeParse(`/${path}`).success,
    "must be a path in the version's directory, such as bin/server",
  );

const Own = z.strictObject({
  version: Version,
  files: z.record(RelativePath, z.unknown()).optional(),
  keep: z.int().min(1).default(5),
});

export interface ReleaseOptions {
  /** What is in use from now on: `version: "1.4.2"`. */
  readonly version: string;
  /**
   * What is in it, by path: `files: { "bin/server": { content: fromFile("./server"), mode: 0o755 }, "VERSION": "1.4.2\n" }`. They
   * belong to root, so that the service can't change its own program, and stay on the host when another version is in use.
   * Unset: somebody else fills the directory, which has to be there by the time of the push.
   */
  readonly files?: Readonly<Record<string, ContentSource | Options<"file">>>;
  /** How many versions are worth keeping, this one among them; 5 unless set. `keep: 3` */
  readonly keep?: number;
  /** What has to be done before the link leads to the version, besides its files: `dependsOn: [unpacked]`. */
  readonly dependsOn?: readonly Reference[];
}

export interface ReleaseBuilder {
  /**
   * The version of its program that a service uses: `s.release({ version: "1.4.2", files: { … } })` is `/opt/api/releases/1.4.2`, and
   * the link `/opt/api/current`, which is changed in one step when all files of the version are there. A daemon whose command goes
   * through the link, `exec: argv(`${release.path}/bin/server`)`, restarts then.
   */
  (options: ReleaseOptions): ReleaseHandle;
  /** One more, in a directory of its own: `s.release("web", { version: "7" })` is `/opt/api/web/releases/7` and `/opt/api/web/current`. */
  (name: string, options: ReleaseOptions): ReleaseHandle;
}

export function serviceReleases(service: Service): ReleaseBuilder {
  const { subject, naming, recorder, builders } = service;

  function release(first: unknown, second?: unknown): ReleaseHandle {
    const own = typeof first === "string" ? first : undefined;
    const given = own === undefined ? first : second;
    const what = `release${own === undefined ? "" : ` ${own}`} of ${subject}`;
    const { dependsOn = [], ...input } = isRecord(given) ? given : {};
    const parsed = recorder.parse(Own, {
      name: what,
      input: isRecord(given) ? input : given,
      alsoKnown: ["dependsOn"],
    });
    const name =
      own === undefined ? own : recorder.name(Version, { what: "release name", input: own });
    const parts = name === undefined ? [] : [name];
    const base = pathIn(naming, "opt", { service: service.directory, parts }) ?? "/opt";
    const { version = "unknown", files = {}, keep = 1 } = parsed ?? {};
    const releasesPath = `${base}/releases`;
    const versionPath = `${releasesPath}/${version}`;
    const more = { version, versionPath, releasesPath, keep };
    const path = `${base}/current`;
    if (parsed === undefined || (own !== undefined && name === undefined)) {
      return recorder.extended(recorder.broken("symlink", path, undefined), more);
    }
    const filled = fill(versionPath, files);
    const link = builders.symlink(path, {
      to: `releases/${version}`,
      mustExist: true,
      // Bad references are for the builder to refuse, which knows what to say.
      dependsOn: Array.isArray(dependsOn)
        ? [...filled, ...(dependsOn as readonly Reference[])]
        : (dependsOn as readonly Reference[]),
    });
    const about = { type: "release", subject: link.id, service: service.name } as const;
    recorder.intent({ ...about, path, version, releasesPath, keep }, service.scope);
    return recorder.extended(link, more);
  }

  /**
   * What was part of a version that is no longer in use stays: its program runs until the restart, which comes after all that
   * is removed; and whoever goes back to it finds it.
   */
  function fill(versionPath: string, files: Readonly<Record<string, unknown>>): Handle[] {
    const entries = Object.entries(files);
    if (entries.length === 0) return [];
    const directory = builders.directory(versionPath, { onRemove: "keep" });
    const made = entries.map(([path, value]) => {
      const options =
        isRecord(value) && Object.hasOwn(value, "content") ? value : { content: value };
      return builders.file(`${versionPath}/${path}`, {
        onRemove: "keep",
        ...(options as Options<"file">),
      });
    });
    return [directory, ...made];
  }

  return release;
}
