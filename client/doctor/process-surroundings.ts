import { createHash } from "node:crypto";
import { lookup } from "node:dns/promises";
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import { loadArtifacts } from "../bootstrap/artifacts.ts";
import { packageEngines } from "../cli/package-version.ts";
import { besideTheClient } from "../connect.ts";
import { readKnownHosts } from "../transport/host-key/known-hosts-files.ts";
import { openSocket } from "../transport/open-socket.ts";
import { askAgent } from "../transport/key-agent.ts";
import type { Surroundings } from "./surroundings.ts";

/** Milliseconds; a resolver that needs longer is what is wrong. */
const RESOLVE_TIMEOUT = 10_000;

/** The real machine. */
export function createSurroundings(): Surroundings {
  return {
    node: process.versions.node,
    engines: packageEngines(),
    artifacts: () => loadArtifacts(besideTheClient()),
    digestOf: async ({ path }) => {
      const hash = createHash("sha256");
      await pipeline(createReadStream(path), createGunzip(), hash);
      return hash.digest("hex");
    },
    agentKeys: async (socket) => {
      const { keys, trouble } = await askAgent(socket);
      return { keys: keys.length, ...(trouble === undefined ? {} : { trouble }) };
    },
    modeOf: async (path) => {
      try {
        return (await stat(path)).mode & 0o7777;
      } catch {
        return null;
      }
    },
    knownHosts: (files) => readKnownHosts(files),
    resolve: async (host) => {
      let timer: NodeJS.Timeout | undefined;
      const late = new Promise<never>((_resolve, reject) => {
        const fail = () => reject(Object.assign(new Error("no answer"), { code: "EAI_AGAIN" }));
        timer = setTimeout(fail, RESOLVE_TIMEOUT);
      });
      try {
        const found = await Promise.race([lookup(host, { all: true }), late]);
        return found.map(({ address }) => address);
      } finally {
        clearTimeout(timer);
      }
    },
    reach: async (address, { timeout, signal }) => {
      const socket = await openSocket({ ...address, timeoutMs: timeout, signal });
      socket.destroy();
    },
  };
}
