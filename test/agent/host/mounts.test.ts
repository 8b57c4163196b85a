import { describe, expect, it } from "vitest";
import { visibleMounts } from "../../../agent/host/mounts.ts";

const line = (id: number, parent: number, path: string, type = "ext4") =>
  `${id} ${parent} 8:1 / ${path} rw,relatime shared:1 - ${type} /dev/sda1 rw`;
const seen = (...lines: string[]) => visibleMounts(`${lines.join("\n")}\n`).map(({ path }) => path);

describe("mounts that can be seen", () => {
  it("come with their type, parents first, whatever the order they are listed in", () => {
    expect(
      visibleMounts(
        [line(30, 29, "/srv/data", "xfs"), line(29, 22, "/srv"), line(22, 1, "/")].join("\n"),
      ),
    ).toEqual([
      { path: "/", type: "ext4" },
      { path: "/srv", type: "ext4" },
      { path: "/srv/data", type: "xfs" },
    ]);
  });

  it("are not those that another covers, nor what is mounted in these", () => {
    expect(
      seen(
        line(22, 1, "/"),
        line(23, 22, "/srv"),
        line(24, 23, "/srv/hidden"),
        line(25, 23, "/srv"),
        line(26, 25, "/srv/seen"),
      ),
    ).toEqual(["/", "/srv", "/srv/seen"]);
  });

  it("have their names as they are", () => {
    expect(seen(line(22, 1, "/"), line(23, 22, "/a\\040b\\134c"))).toEqual(["/", "/a b\\c"]);
  });

  it("are found where optional fields are missing, and lines that are none are left out", () => {
    expect(seen("22 1 0:5 / / rw - overlay overlay rw", "", "nonsense")).toEqual(["/"]);
  });
});
