import { describe, expect, test } from "vitest";
import { parseAddress } from "../../../client/cli/parse-address.ts";
import { HostKitError } from "../../../shared/diagnostic.ts";

test.each([
  ["app", { user: undefined, host: "app", port: undefined }],
  ["root@app.example.com", { user: "root", host: "app.example.com", port: undefined }],
  ["root@192.0.2.7:2222", { user: "root", host: "192.0.2.7", port: 2222 }],
  ["[2001:db8::7]", { user: undefined, host: "2001:db8::7", port: undefined }],
  ["ann@[::1]:22", { user: "ann", host: "::1", port: 22 }],
  ["ann@[fe80::1%eth0]:22", { user: "ann", host: "fe80::1%eth0", port: 22 }],
  ["ann@corp@bastion", { user: "ann@corp", host: "bastion", port: undefined }],
  [String.raw`CORP\ann@app`, { user: String.raw`CORP\ann`, host: "app", port: undefined }],
])("%s", (text, expected) => {
  expect(parseAddress(text)).toEqual(expected);
});

describe("refused, with what was written and what is expected", () => {
  test.each([
    ["", /the host is missing/],
    ["root@", /the host is missing/],
    ["@app", /not a user name/],
    ["app:", /port must be a number/],
    ["app:0", /port must be a number/],
    ["app:65536", /port must be a number/],
    ["app:ssh", /port must be a number/],
    ["app:22x", /port must be a number/],
    ["::1", /needs brackets, such as \[::1\]/],
    ["root@2001:db8::7", /needs brackets/],
    ["[::1", /brackets hold an IPv6 address/],
    ["[app]", /brackets hold an IPv6 address/],
    ["[::1]22", /brackets hold an IPv6 address/],
    ["[]:22", /brackets hold an IPv6 address/],
    ["ssh://root@app", /a URL/],
    ["-oProxyCommand=x", /not a name or an address/],
    ["root@-app", /not a name or an address/],
    ["ro ot@app", /not a user name/],
    ["app;reboot", /not a name or an address/],
  ])("%s", (text, why) => {
    const parse = () => parseAddress(text);
    expect(parse).toThrow(HostKitError);
    expect(parse).toThrow(why);
    expect(parse).toThrow(JSON.stringify(text));
  });
});
