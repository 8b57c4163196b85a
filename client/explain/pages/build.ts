import { EXIT } from "../../cli/exit-code.ts";
import { ends, type Pages } from "../page.ts";

const NO_HOST = ends("Not concerned: this is the build of HostKit itself.", EXIT.failed);

/** Building HostKit from source. */
export const build: Pages = {
  HK8001: {
    title: "A tool that the build needs is missing.",
    means:
      "Making agents takes tools of this machine: tar, strip, and for the other processor an emulator. One is not on PATH.",
    causes: ["A machine where HostKit was not built before."],
    steps: [
      "Install the package that the message names; .ci/packages lists all of them for Debian.",
      "`npm run build:client` builds the client alone.",
    ],
    host: NO_HOST,
    see: ["HK8007"],
  },
  HK8002: {
    title: "A build step failed.",
    means:
      "A program that the build runs ended with an error or took too long. Its last words are shown.",
    causes: ["The disk is full, or memory is short.", "A tool is of a version that differs."],
    steps: ["Correct what it says, then `npm run build` again; what was made is cached."],
    host: NO_HOST,
    see: ["HK8001"],
  },
  HK8003: {
    title: "The Node runtime could not be fetched.",
    means:
      "The first build takes the pinned Node runtimes from a package registry, through npm. Later builds take them from the cache.",
    causes: ["No network, or a registry that needs a proxy or a login."],
    steps: [
      "`npm ping` shows whether the registry answers. Or copy a filled cache, `~/.cache/hostkit`, from another machine.",
    ],
    host: NO_HOST,
    see: ["HK8004"],
  },
  HK8004: {
    title: "The Node runtime is not the pinned one.",
    means:
      "What arrived has another checksum than build/runtimes.ts pins. It was thrown away: what is inside would run as root on hosts.",
    causes: ["A registry or proxy changed it.", "The pin was edited wrongly."],
    steps: [
      "Compare with the `npm view` line of the message, over another network if you can. Do not change the pin to make it pass.",
    ],
    host: NO_HOST,
    see: ["HK8003"],
  },
  HK8005: {
    title: "The source could not be bundled.",
    means:
      "esbuild refused the source of the agent or client, or warned of it. Warnings are refused too: each has meant code that fails at run time.",
    causes: ["An import that is not there, or `await` at the top level of the agent."],
    steps: ["Correct the line that is shown; `npm run check` finds most of it sooner."],
    host: NO_HOST,
    see: ["HK8002"],
  },
  HK8006: {
    title: "An agent is over its size budget.",
    means:
      "Every host's first contact waits for the upload of the agent, and each start reads its code. It grew beyond what is allowed.",
    causes: ["A new import brings a large package into the agent."],
    steps: [
      "Look for what grew in the bundle. If it is worth it, raise the budget in build/size.ts and say why.",
    ],
    host: NO_HOST,
    see: ["HK8005"],
  },
  HK8007: {
    title: "Agents cannot be built on this machine.",
    means:
      "An agent has code compiled ahead of time by its own Linux runtime, which can't run on this system.",
    causes: ["The build runs on macOS or Windows."],
    steps: ["Build on Linux, in a container for one. `npm run build:client` works everywhere."],
    host: NO_HOST,
    see: ["HK8001"],
  },
};
