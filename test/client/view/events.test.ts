import { expect, test } from "vitest";
import * as z from "zod";
import { EVENTS, type EventName } from "../../../client/view/events.ts";

/** What `--json` writes is checked against these by every test that reads it; here, what they are themselves. */

const NAMES = Object.keys(EVENTS) as EventName[];

test.each(NAMES)("%s: named as it is called, with a version, and nothing unknown in it", (name) => {
  const { shape } = EVENTS[name];
  expect(shape.event.parse(name)).toBe(name);
  expect(shape.version.parse(1)).toBe(1);
  const extra = EVENTS[name].safeParse({ version: 1, event: name, unheard: true });
  expect(extra.error?.issues).toContainEqual(
    expect.objectContaining({ code: "unrecognized_keys" }),
  );
});

test.each(NAMES)("%s: can be told as a JSON schema", (name) => {
  const schema = z.toJSONSchema(EVENTS[name], { io: "input", unrepresentable: "any" });
  expect(schema).toMatchObject({
    type: "object",
    properties: { version: { const: 1 }, event: { const: name } },
    required: expect.arrayContaining(["version", "event"]),
    additionalProperties: false,
  });
});
