import { describe, expect, it } from "vitest";
import { restoreLines } from "../../agent/resources/shadow-lines.ts";
import type { ResourceId } from "../../shared/brands.ts";
import { MemoryHost } from "../support/memory-host/memory-host.ts";

/** Lines of the account databases are put back among what others made of them meanwhile. */

const ID = "account:ann" as ResourceId;
const KEPT = "/var/lib/kept";
const ANN = "ann:x:1001:1001:Ann A.:/home/ann:/bin/sh";
const BOB = "bob:x:1002:1002::/home/bob:/bin/sh";

/** `now`: as it is; `kept`: as it was. */
function given(files: Readonly<Record<string, { readonly kept: string; readonly now: string }>>) {
  const host = new MemoryHost();
  const places = new Map<string, string>();
  for (const [path, { kept, now }] of Object.entries(files)) {
    const place = `${KEPT}${path}`;
    host.put(place, kept);
    host.put(path, now, { uid: 0, gid: 42, mode: 0o640 });
    places.set(path, place);
  }
  const kept = (path: string) => places.get(path);
  return {
    host,
    restore: (user = "ann") => restoreLines(host, { id: ID, user, group: user, kept }),
  };
}
const text = (...lines: readonly string[]) => lines.map((line) => `${line}\n`).join("");

describe("lines", () => {
  it("come back where they were, and what was added meanwhile stays", async () => {
    const { host, restore } = given({
      "/etc/passwd": {
        kept: text("root:x:0:0::/root:/bin/sh", ANN, BOB),
        now: text("root:x:0:0::/root:/bin/sh", BOB, "new:x:1003:1003::/home/new:/bin/sh"),
      },
      "/etc/shadow": {
        kept: text("ann:$6$x:1::::::", "bob:*:1::::::"),
        now: text("bob:!:2::::::"),
      },
    });
    await restore();
    expect(host.text("/etc/passwd")).toBe(
      text("root:x:0:0::/root:/bin/sh", ANN, BOB, "new:x:1003:1003::/home/new:/bin/sh"),
    );
    expect(host.text("/etc/shadow")).toBe(text("ann:$6$x:1::::::", "bob:!:2::::::"));
    expect(host.files().find((line) => line.startsWith("/etc/shadow "))).toContain("0:42 640");
    expect(host.commands).toEqual([]);
  });

  it("come back into a database that is empty by now", async () => {
    const { host, restore } = given({
      "/etc/subuid": { kept: text("ann:1:2", "ann:9:2"), now: "" },
    });
    await restore();
    expect(host.text("/etc/subuid")).toBe(text("ann:1:2", "ann:9:2"));
  });

  it("bring memberships back, in groups that are still there", async () => {
    const { host, restore } = given({
      "/etc/group": {
        kept: text("adm:x:4:ann,bob", "ops:x:5:bob,ann", "old:x:6:ann", "ann:x:1001:"),
        now: text("adm:x:4:bob", "ops:x:5:bob,new"),
      },
      "/etc/gshadow": { kept: text("adm:*:ann:ann,bob"), now: text("adm:*::bob") },
    });
    await restore();
    expect(host.text("/etc/group")).toBe(
      text("adm:x:4:ann,bob", "ops:x:5:bob,new,ann", "ann:x:1001:"),
    );
    expect(host.text("/etc/gshadow")).toBe(text("adm:*:ann:ann,bob"));
  });

  it("are left out when somebody else has the number by now", async () => {
    const now = text("new:x:1001:1001::/home/new:/bin/sh");
    const { host, restore } = given({ "/etc/passwd": { kept: text(ANN), now } });
    await expect(restore()).rejects.toMatchObject({ diagnostics: [{ code: "HK4222" }] });
    expect(host.text("/etc/passwd")).toBe(now);
    expect(host.files().filter((line) => line.includes(".lock"))).toEqual([]);
  });
});

describe("the lock of the account tools", () => {
  const removed = () => given({ "/etc/passwd": { kept: text(ANN), now: "" } });

  it("is waited for while its process lives", async () => {
    const { host, restore } = removed();
    host.put("/etc/passwd.lock", "4711\0");
    host.put("/proc/4711/stat", "");
    const restoring = restore();
    setTimeout(() => host.tree.remove("/etc/passwd.lock"), 150);
    await restoring;
    expect(host.text("/etc/passwd")).toBe(text(ANN));
    expect(host.files().filter((line) => line.startsWith("/etc/passwd."))).toEqual([]);
  });

  it("counts for nothing when its process is gone", async () => {
    const { host, restore } = removed();
    host.put("/etc/passwd.lock", "4711");
    await restore();
    expect(host.text("/etc/passwd")).toBe(text(ANN));
    expect(host.files().filter((line) => line.startsWith("/etc/passwd."))).toEqual([]);
  });
});
