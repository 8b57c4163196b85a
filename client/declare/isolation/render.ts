import { addCalls } from "./calls.ts";
import { needsOf } from "./capabilities.ts";
import { type Directives, leaveOut } from "./directives-made.ts";
import { addFamilies, setNetwork } from "./network.ts";
import type { Isolation } from "./options.ts";
import { setPaths } from "./paths.ts";
import { DIRECTIVES_OF } from "./profiles.ts";

/** What keeps a program of another user from running as that user, or implies what does: NoNewPrivileges=, systemd.exec(5). */
const KEEPS_FROM_PRIVILEGES = [
  "NoNewPrivileges",
  "CapabilityBoundingSet",
  "PrivateUsers",
  "PrivateDevices",
  "ProtectClock",
  "ProtectHostname",
  "ProtectKernelLogs",
  "ProtectKernelModules",
  "ProtectKernelTunables",
  "RestrictAddressFamilies",
  "RestrictNamespaces",
  "RestrictRealtime",
  "RestrictSUIDSGID",
  "LockPersonality",
  "MemoryDenyWriteExecute",
  "SystemCallArchitectures",
  "SystemCallFilter",
  "SystemCallErrorNumber",
];

/** Directives of [Service] for a profile and what was adjusted. `storage`: what it may write unless that is said. */
export function directivesOf(isolate: Isolation, storage: readonly string[]): Directives {
  const directives: Directives = { ...DIRECTIVES_OF[isolate.profile] };
  if (isolate.privileges === false) directives["NoNewPrivileges"] = true;
  if (isolate.jit === true) leaveOut(directives, ["MemoryDenyWriteExecute"]);
  if (isolate.jit === false) directives["MemoryDenyWriteExecute"] = true;
  setHome(directives, isolate);
  setNetwork(directives, isolate);
  setCapabilities(directives, isolate);
  setDevices(directives, isolate);
  addCalls(directives, isolate.systemCalls ?? []);
  setPaths(directives, isolate, storage);
  setLimits(directives, isolate);
  if (isolate.privileges === true) leaveOut(directives, KEEPS_FROM_PRIVILEGES);
  for (const [name, value] of Object.entries(isolate.directives ?? {})) {
    if (value === null) leaveOut(directives, [name]);
    else directives[name] = value;
  }
  return directives;
}

function setHome(directives: Directives, { home }: Isolation): void {
  if (home === "visible") leaveOut(directives, ["ProtectHome"]);
  else if (home !== undefined) directives["ProtectHome"] = home === "hidden" ? true : home;
}

function setCapabilities(directives: Directives, { capabilities = [] }: Isolation): void {
  if (capabilities.length === 0) return;
  const list = [...new Set(capabilities)].join(" ");
  const needs = needsOf(capabilities);
  if (directives["CapabilityBoundingSet"] !== undefined) directives["CapabilityBoundingSet"] = list;
  directives["AmbientCapabilities"] = list;
  leaveOut(directives, needs.without);
  addCalls(directives, needs.calls);
  addFamilies(directives, needs.families);
}

function setDevices(directives: Directives, { devices = [] }: Isolation): void {
  if (devices.length === 0) return;
  // With /dev of its own it would not even see them; who may use what is the policy's to say.
  leaveOut(directives, ["PrivateDevices"]);
  directives["DevicePolicy"] = "closed";
  directives["DeviceAllow"] = devices.map(({ path, access }) => `${path} ${access}`);
}

function setLimits(directives: Directives, isolate: Isolation): void {
  const limits = {
    MemoryMax: isolate.memoryMax,
    MemoryHigh: isolate.memoryHigh,
    CPUQuota: isolate.cpuQuota,
    CPUWeight: isolate.cpuWeight,
    IOWeight: isolate.ioWeight,
    TasksMax: isolate.tasksMax,
    LimitNOFILE: isolate.openFiles,
  };
  for (const [name, value] of Object.entries(limits)) {
    if (value !== undefined) directives[name] = value;
  }
}
