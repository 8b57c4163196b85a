import { expect, test } from "vitest";
import { bytes, count, duration } from "../../../client/view/quantity.ts";

test("bytes", () => {
  expect([0, 1023, 1024, 1536, 150 * 1024, 1024 ** 3, 1024 ** 6].map(bytes)).toEqual([
    "0 B",
    "1023 B",
    "1.0 KiB",
    "1.5 KiB",
    "150 KiB",
    "1.0 GiB",
    "1024 PiB",
  ]);
});

test("durations", () => {
  const seconds = [0, 0.44, 9.94, 9.96, 59.4, 59.6, 60, 65, 3599, 3600, 86_400 * 2, 86_400 * 12.5];
  expect(seconds.map((each) => duration(each * 1000))).toEqual([
    "0.0 s",
    "0.4 s",
    "9.9 s",
    "10 s",
    "59 s",
    "1 min 00 s",
    "1 min 00 s",
    "1 min 05 s",
    "59 min 59 s",
    "1 h 00 min",
    "2 d 0 h",
    "12 d 12 h",
  ]);
});

test("counts", () => {
  expect([0, 1, 2].map((value) => count(value, "change"))).toEqual([
    "0 changes",
    "1 change",
    "2 changes",
  ]);
});
