import { describe, expect, it } from "vitest";
import { systemdHierarchies } from "./cgroup.ts";

describe("a host's control group", () => {
  it("finds the hierarchies systemd uses, on cgroup v1 and v2", () => {
    const v1 = "30 28 0:26 / /sys/fs/cgroup/memory rw shared:9 - cgroup cgroup rw,memory";
    const named = "31 28 0:27 / /sys/fs/cgroup/systemd rw - cgroup cgroup rw,xattr,name=systemd";
    const v2 = "32 28 0:28 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw,nsdelegate";
    expect([...systemdHierarchies([v1, named].join("\n"))]).toEqual([
      ["cgroup", "/sys/fs/cgroup/systemd"],
    ]);
    expect([...systemdHierarchies(v2)]).toEqual([["cgroup2", "/sys/fs/cgroup"]]);
  });
});
