import { describe, expect, it } from "vitest";
import { subnetAt, subnetCount } from "./network.ts";

describe("a host's network", () => {
  it("cuts a /16 into subnets of four addresses", () => {
    expect(subnetAt(0)).toMatchObject({ gateway: "10.213.0.1", address: "10.213.0.2" });
    expect(subnetAt(subnetCount - 1)).toMatchObject({
      gateway: "10.213.255.253",
      address: "10.213.255.254",
    });
    // Interface names are limited to 15 characters, and the veth's has a prefix.
    expect(`vb-${subnetAt(subnetCount - 1).bridge}`.length).toBeLessThanOrEqual(15);
  });
});
