import { describe, expect, it } from "vitest";
import { formatDeb822, parseDeb822, parseOneLine, sourcesFor } from "./apt-sources.ts";

describe("apt sources", () => {
  const deb822 = `# a comment
Types: deb deb-src
URIs: http://mirror.example/debian
Suites: bookworm bookworm-updates bookworm-backports
Components: main
Signed-By:
 -----BEGIN PGP PUBLIC KEY BLOCK-----
 .
 abc

Types: deb
Enabled: no
URIs: http://off.example/debian
Suites: bookworm
Components: main
`;

  it("keeps the suite, its updates and an embedded key", () => {
    const sources = sourcesFor("bookworm", parseDeb822(deb822));
    expect(sources).toHaveLength(1);
    expect(sources[0]).toMatchObject({
      suites: "bookworm bookworm-updates",
      uris: "http://mirror.example/debian",
    });
    expect(parseDeb822(formatDeb822(sources))).toEqual(sources);
    expect(formatDeb822(sources)).toContain("\n -----BEGIN PGP");
  });

  it("reads one-line sources with options", () => {
    const text = `
# deb http://off.example/debian bookworm main
deb [arch=amd64,arm64 signed-by=/k.gpg] http://mirror.example/debian bookworm main contrib # note
deb-src http://mirror.example/debian bookworm main
`;
    expect(parseOneLine(text)).toEqual([
      {
        types: "deb",
        uris: "http://mirror.example/debian",
        suites: "bookworm",
        components: "main contrib",
        architectures: "amd64 arm64",
        "signed-by": "/k.gpg",
      },
    ]);
  });

  it("asks another release's mirror, and no mirror of something else", () => {
    const trixie = parseOneLine("deb http://mirror.example/debian/ trixie main");
    expect(sourcesFor("bookworm", trixie)[0]).toMatchObject({
      suites: "bookworm",
      uris: "http://mirror.example/debian/",
    });
    expect(
      sourcesFor("bookworm", parseOneLine("deb http://mirror.example/ubuntu noble main")),
    ).toEqual([]);
  });
});
