import { describe, expect, it } from "vitest";

import { fillScript } from "../../../client/bootstrap/script-template.ts";
import { coldScript, warmScript } from "../../../client/bootstrap/scripts.ts";
import { failure } from "../transport/scratch.ts";

const nonce = "0123456789abcdef0123456789abcdef";
const agent = { agentId: "a".repeat(64), size: 90_000_000, compressedSize: 30_000_000 };
const other = { agentId: "b".repeat(64), size: 88_000_000, compressedSize: 29_000_000 };

describe("the scripts", () => {
  it.each([
    ["warm", warmScript({ nonce, elevate: "none" }, [agent, other])],
    ["cold", coldScript({ nonce, elevate: "none" }, agent)],
    ["elsewhere", coldScript({ nonce, elevate: "none", stateRoot: "/srv/hostkit-1.0" }, agent)],
  ])("%s: keep the character rule, are filled in, and fit old shells", (_name, script) => {
    expect(script).toMatch(/^\/bin\/sh -c '[^'!\\\r\n]+'$/u);
    expect(script).not.toMatch(/@[A-Z]+\d?@/u);
    // csh of 2011 takes words of up to 4096 characters.
    expect(script.length).toBeLessThan(3_900);
  });

  it("carry both candidates, the nonce and the levels of the root", () => {
    const script = warmScript({ nonce, elevate: "none", stateRoot: "/srv/kit" }, [agent, other]);
    expect(script).toContain(
      `try ${agent.agentId} ${agent.size}; try ${other.agentId} ${other.size};`,
    );
    expect(script).toContain(`n=${nonce};`);
    expect(script).toContain("/ /srv /srv/kit $r/agents");
  });

  it("are elevated with sudo that never asks", () => {
    expect(warmScript({ nonce, elevate: "sudo" }, [agent])).toMatch(/^sudo -n -- \/bin\/sh -c '/u);
  });

  it.each(["relative", "/", "/a/../b", "/a//b", "/a b", "/a'b", "/a;b", "/a\nb", "/a/", "/-x;"])(
    "refuse the state root %j",
    async (stateRoot) => {
      const build = async (): Promise<string> =>
        coldScript({ nonce, elevate: "none", stateRoot }, agent);
      expect((await failure(build())).code).toBe("HK2123");
    },
  );
});

describe("filling in a script", () => {
  it.each(["", "a b\tc", "$(id)", "`id`", "a;b", "a'b", "a!b", "a\\b", "a\nb", "ä"])(
    "throws on the value %j",
    (value) => {
      expect(() => fillScript(["echo @X@"], { X: value })).toThrow("may not stand in a script");
    },
  );

  it("throws on a missing value, and on a script that breaks the rule", () => {
    expect(() => fillScript(["echo @X@"], {})).toThrow("@X@");
    for (const line of ["echo 'x'", "echo !", "echo \\n", "echo\nx"])
      expect(() => fillScript([line], {})).toThrow("character rule");
  });
});
