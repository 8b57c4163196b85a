import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as fc from "fast-check";
import { expect, it } from "vitest";
import type { DataMap } from "../../shared/documents/data.ts";
import { dotenv } from "../../shared/documents/dotenv.ts";
import { DocumentFault } from "../../shared/documents/format.ts";
import { text } from "../shared/documents/support/arbitrary.ts";
import { describeHosts } from "./support/requirements.ts";
import { sharedHost } from "./support/shared-host.ts";

/** What is taken for the reading of systemd is asked of systemd. */

const FOLDER = "/srv/environments";
const PIECES = `A=|B =|C= |x|a b |'|"|\\|\\\\|\\n|\\$|$A|#|;|=|é|\t|\n|\n|\n|\r|\\\n|'\n'|# c\n| # c\n|; c\n|export D=1\n|A=1\n`;

describeHosts("environment files", () => {
  const host = sharedHost({ name: "documents" });

  /** The environment of a service with each of the files. */
  const environments = async (files: readonly string[]): Promise<DataMap[]> => {
    const folder = join(host().rootDirectory, FOLDER);
    mkdirSync(folder, { recursive: true });
    for (const [index, content] of files.entries())
      writeFileSync(join(folder, `${index}`), content);
    const { status, stdout, stderr } = await host().inside(
      `for i in $(seq 0 ${files.length - 1}); do systemd-run --quiet --wait --pipe -p EnvironmentFile=${FOLDER}/$i /usr/bin/env -0 > ${FOLDER}/told || echo refused $i >&2; base64 -w0 ${FOLDER}/told; echo; done`,
    );
    expect([status, stderr]).toEqual([0, ""]);
    return stdout.trimEnd().split("\n").map(variables);
  };
  const variables = (encoded: string): DataMap => {
    const entries = Buffer.from(encoded, "base64").toString("utf8").split("\0").slice(0, -1);
    return Object.fromEntries(
      entries.map((entry) => [
        entry.slice(0, entry.indexOf("=")),
        entry.slice(entry.indexOf("=") + 1),
      ]),
    );
  };
  /** What systemd sets itself is not asked for. */
  const own = (environment: DataMap): DataMap =>
    Object.fromEntries(Object.entries(environment).filter(([key]) => /^K\d+$|^[A-Z]$/.test(key)));

  it("are read by systemd as they were declared", async () => {
    const values = fc.sample(text, { numRuns: 4000, seed: 4 });
    const data: Record<string, string> = {};
    for (const value of new Set(values))
      if (dotenv.faults({ K: value }).length === 0) data[`K${Object.keys(data).length}`] = value;
    expect(Object.keys(data).length).toBeGreaterThan(1000);
    const [environment] = await environments([dotenv.render(data)]);
    expect(own(environment!)).toEqual(data);
  });

  it("of a host are read as systemd reads them", async () => {
    const hosts = fc.sample(
      fc
        .array(fc.constantFrom(...PIECES.split("|")), { maxLength: 14 })
        .map((parts) => parts.join("")),
      { numRuns: 400, seed: 2 },
    );
    const read = hosts.flatMap((content) => {
      try {
        return [{ content, data: own(dotenv.parse(content) as DataMap) }];
      } catch (error) {
        if (error instanceof DocumentFault) return [];
        throw error;
      }
    });
    expect(read.filter(({ data }) => Object.keys(data).length > 0).length).toBeGreaterThan(100);
    const told = await environments(read.map(({ content }) => content));
    for (const [index, { content, data }] of read.entries()) {
      // It takes no line that begins with `export`; shells and dotenv readers do.
      const { D: _, ...without } = data;
      expect(own(told[index]!), JSON.stringify(content)).toEqual(without);
    }
  });
});
