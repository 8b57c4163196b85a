import { describe, expect, it } from "vitest";
import { complaintsIn, knownDirectives } from "../../../agent/host/systemd-analyze.ts";

describe("what systemd-analyze says", () => {
  it.each([
    "Unknown key 'Restrat' in section [Service], ignoring.",
    "Unknown key name 'Restrat' in section 'Service', ignoring.",
    "Unknown lvalue 'Restrat' in section 'Service', ignoring.",
  ])("names a directive that it does not know, in the words of any version: %s", (text) => {
    expect(complaintsIn(`/etc/systemd/system/a.service:7: ${text}\n`)).toEqual([
      {
        unit: "a.service",
        line: 7,
        text,
        severity: "warning",
        unknown: { section: "Service", name: "Restrat" },
      },
    ]);
  });

  it.each([
    ["/etc/systemd/system/a.service:5: Failed to parse service type, ignoring: notfy", "error"],
    ["/etc/systemd/system/a.service:8: Missing '=', ignoring line.", "error"],
    ["a.service: Service has no ExecStart=, ExecStop=, or SuccessAction=. Refusing.", "error"],
    ["Unit a.service has a bad unit file setting.", "error"],
    ["/etc/systemd/system/a.service:7: Failed to parse system call, ignoring: new", "warning"],
    ["/etc/systemd/system/a.service:6: Unit uses KillMode=none. This is unsafe.", "warning"],
  ])("is an error where what is declared has no effect: %s", (line, severity) => {
    expect(complaintsIn(line)).toMatchObject([{ unit: "a.service", severity }]);
  });

  it.each([
    "a.service: Command /opt/app is not executable: No such file or directory",
    "a.service: Failed to create a.service/start: Unit b.service not found.",
    "Unit b.service not found.",
    "Failed to initialize manager: Permission denied",
  ])("is nothing where only the start can tell: %s", (line) => {
    expect(complaintsIn(line)).toEqual([]);
  });

  it("has no control characters and no endless lines", () => {
    const [complaint] = complaintsIn(`a.service: \u001b[31m${"x".repeat(9999)}`);
    expect(complaint?.text).toMatch(/^x{300,400}$/);
  });

  it("lists the directives that it knows by section", () => {
    const known = knownDirectives(
      "[Unit]\nAfter=UNIT [...]\n\n[Service]\nType=SERVICETYPE\nUser=X\n",
    );
    expect([...known]).toEqual([
      ["Unit", ["After"]],
      ["Service", ["Type", "User"]],
    ]);
  });
});
