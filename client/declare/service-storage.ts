import * as z from "zod";
import { AbsolutePath } from "../../shared/brands.ts";
import { callSite, type Frame } from "./call-site.ts";
import type { Handle } from "./handle.ts";
import { type DefaultRoot, hasOwnDirectory, pathIn, StorageName } from "./names.ts";
import type { Options } from "./resource-builders.ts";
import { isRecord } from "./resource-options.ts";
import type { Service } from "./service.ts";

/** What a storage is for. */
export interface Storage {
  readonly name: string;
  readonly path: string;
  /** Whether it belongs into a backup. */
  readonly backup: boolean;
  /** Whether what is in it is confidential. */
  readonly secret: boolean;
}

/** Its directory, and what it is for. */
export type StorageHandle = Handle<"directory"> & { readonly storage: Storage };

const Own = z.strictObject({
  /**
   * The root it is in, below the service's directory there: `s.storage("thumbnails", { under: "cache" })` is
   * `/var/cache/api/thumbnails`.
   */
  under: z.string().optional(),
  /** Where it is, whatever the roots say: `path: "/mnt/large/api"`. */
  path: AbsolutePath.optional(),
  /** Whether it belongs into a backup; false unless set. `backup: true` */
  backup: z.boolean().optional(),
  /** Whether what is in it is confidential; false unless set. `secret: true` */
  secret: z.boolean().optional(),
});

export type StorageOptions<Root extends string = never> = Omit<z.input<typeof Own>, "under"> & {
  /**
   * The root it is in, below the service's directory there: `s.storage("thumbnails", { under: "cache" })` is
   * `/var/cache/api/thumbnails`.
   */
  readonly under?: Root | DefaultRoot;
} & Options<"directory">;

const OWN = Object.keys(Own.shape);

export type StorageBuilder<Root extends string> = (
  name: string,
  options?: StorageOptions<Root>,
) => StorageHandle;

export function serviceStorage(service: Service): StorageBuilder<string> {
  const { subject, naming, recorder, builders } = service;
  const seen = new Map<string, { readonly name: string; readonly frame: Frame | undefined }>();

  function pathOf(storageName: string, { under, path }: z.output<typeof Own>): string | undefined {
    if (path !== undefined) return path;
    const inRoot = hasOwnDirectory(naming, storageName);
    const root = under ?? (inRoot ? storageName : "data");
    const parts = under === undefined && inRoot ? [] : [storageName];
    const found = pathIn(naming, root, { service: service.directory, parts });
    if (found === undefined) recorder.unknownRoot({ root, subject, naming });
    return found;
  }

  /** Two names for one directory: what is kept in one of them is found in the other. */
  function refuseShared(storageName: string, path: string): void {
    const first = seen.get(path);
    if (first === undefined) {
      seen.set(path, { name: storageName, frame: callSite() });
      return;
    }
    const twice =
      first.name === storageName
        ? `storage ${storageName} of ${subject} is declared before. Keep one of the two.`
        : `storage ${storageName} and storage ${first.name} of ${subject} would both be ${path}. Give one of them another root (\`roots\` of \`project\`), or say \`under\` or \`path\`.`;
    recorder.fault({ code: "HK1053", detail: `The ${twice}`, firstFrame: first.frame });
  }

  return (storageName, given) => {
    const what = `storage ${typeof storageName === "string" ? storageName : ""}`;
    const owner = service.owner(what);
    const parsedName = recorder.name(StorageName, { what: "storage name", input: storageName });
    const options: unknown = given ?? {};
    const entries = Object.entries(isRecord(options) ? options : {});
    const own = Object.fromEntries(entries.filter(([option]) => OWN.includes(option)));
    const rest = Object.fromEntries(entries.filter(([option]) => !OWN.includes(option)));
    const parsed = recorder.parse(Own, { name: `${what} of ${subject}`, input: own });
    const path = parsed && parsedName && pathOf(parsedName, parsed);
    const storage = {
      name: parsedName ?? "",
      path: path ?? "",
      backup: parsed?.backup ?? false,
      secret: parsed?.secret ?? false,
    };
    const broken = () =>
      recorder.extended(recorder.broken("directory", path ?? "", rest), { storage });
    if (path === undefined || path === "" || parsed === undefined) return broken();
    if (parsed.under !== undefined && parsed.path !== undefined) {
      const detail = `The ${what} of ${subject} has both \`under\` and \`path\`, which each say where it is. Keep one of them.`;
      recorder.fault({ code: "HK1027", detail });
      return broken();
    }
    if (isInRun(path)) {
      const detail = `${subject} wants storage in ${path}, which every boot empties. Let systemd make it when the service starts: give the daemon \`service: { RuntimeDirectory: "${service.directory}" }\`.`;
      recorder.fault({ code: "HK1027", detail });
      return broken();
    }
    refuseShared(storageName, path);
    const isConfig = (parsed.under ?? storageName) === "config";
    service.isolation.storage(isConfig ? "config" : storageName, path);
    const defaults =
      owner === undefined
        ? {}
        : { owner: isConfig ? "root" : owner.user, group: owner.group, mode: 0o750 };
    // Bad options are for the builder to refuse, which knows what to say.
    const made = builders.directory(
      path,
      isRecord(options) ? { ...defaults, ...rest } : (options as Options<"directory">),
    );
    const about = { type: "storage", subject: made.id, service: service.name } as const;
    recorder.intent({ ...about, ...storage }, service.scope);
    return recorder.extended(made, { storage: Object.freeze(storage) });
  };

  function isInRun(path: string): boolean {
    const run = naming.roots["run"] ?? "/run";
    return path === run || path.startsWith(`${run}/`) || path.startsWith("/run/");
  }
}
