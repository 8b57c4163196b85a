import {
  cc,
  describeBy,
  hostsAvailable,
  type Tools,
  type Verdict,
} from "../support/requirements.ts";

const tools: Tools = {
  "qemu-system-x86": ["qemu-system-x86_64"],
  e2fsprogs: ["mke2fs"],
  ...cc,
  dpkg: ["dpkg-deb"],
};

/** `describe` for tests that take minutes: they run only when asked for, and then what is missing is a failure. */
export function describeVm(name: string, tests: () => void): void {
  describeBy(decide(), name, tests);
}

function decide(): Verdict {
  if (process.env["HOSTKIT_VM"] !== "1") {
    const reason = "tests in a virtual machine take minutes; HOSTKIT_VM=1 runs them.";
    return { kind: "skip", reason };
  }
  if (process.arch !== "x64")
    return { kind: "fail", reason: "Virtual machines are made for x64 alone." };
  const available = hostsAvailable(undefined, tools);
  return available.ok ? { kind: "run" } : { kind: "fail", reason: available.reason };
}
