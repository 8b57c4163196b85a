import { describe, expect, it } from "vitest";
import { Conversation } from "../../client/conversation.ts";
import { createWire } from "../support/memory-stream.ts";

describe("a conversation whose stream takes nothing any more", () => {
  it("fails with why it ended, not with what the write said", async () => {
    const wire = createWire();
    const conversation = new Conversation(wire.client, () => Promise.resolve("The cable was cut."));
    wire.cut();
    await expect(conversation.request("facts", { only: [] })).rejects.toMatchObject({
      diagnostics: [{ code: "HK3004", detail: expect.stringContaining("The cable was cut.") }],
    });
    await conversation.leave();
  });
});
