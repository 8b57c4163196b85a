import { describe, expect, it } from "vitest";
import { faultOfCalendar } from "../../../shared/systemd/calendar.ts";

// What systemd itself says of many more is compared on a real host: test/hosts/schedules.test.ts.
describe("calendar expressions", () => {
  it.each([
    "daily",
    "WEEKLY",
    "Mon..Fri *-*-* 10:00",
    "Sat,Sun 2030..2040/2-*-1..7 8..18/2:00:30.5 Europe/Berlin",
    "*-*~01 23:59",
    "*-02-29",
    "*:0/15",
    "12:00 UTC",
    "@1800000000",
    "00:00 US/Eastern",
  ])("%s is sound", (text) => expect(faultOfCalendar(text)).toBeUndefined());

  it.each([
    ["", "it is empty"],
    [" daily", "it has spaces at its beginning or end"],
    ["25:00", "hour 25 is not between 0 and 23"],
    ["10:61", "minute 61 is not between 0 and 59"],
    ["10:00:60", "second 60 is not between 0 and 59"],
    ["*-13-01", "month 13 is not between 1 and 12"],
    ["2200-01-01", "year 2200 is not between 1970 and 2199"],
    ["*-02-30", "there is no such day, so it would never elapse"],
    ["2031-02-29", "there is no such day, so it would never elapse"],
    ["Mon 2030-01-01", "there is no such day, so it would never elapse"],
    ["Mo0n", "Mo0n is neither a weekday such as Mon, nor a shorthand such as daily"],
    ["Fri..Mon 10:00", "Fri..Mon runs backwards: a week begins with Monday there"],
    ["Mon..Wed..Fri", "Mon..Wed..Fri is no range of weekdays"],
    ["5..2:00", "hour 5..2 runs backwards"],
    ["*:0/60", "minute 0/60 never comes to its first repetition, which would be 60"],
    ["*:0/0", "minute 0/0 repeats without ever going on"],
    ["*:*/5", "minute */5 would have to be written as 0/5"],
    ["10", "10 is neither a date such as *-*-01 nor a time such as 02:30"],
    ["*-*-* 10", "10 is no time: write hours and minutes, such as 02:30"],
    ["10:00 10:00", "10:00 10:00 is more than one time"],
    ["1:2:3:4", "1:2:3:4 has more than hours, minutes and seconds"],
    ["1.5:00", "hour 1.5 is neither a number, nor a list, range or repetition of numbers"],
    ["10:", "minute is missing"],
    ["10:00:1..1.5", "second 1..1.5 is shorter than a second"],
    ["10:00  UTC", "there must be one space before UTC"],
    [
      "*-*~29",
      "day ~29 is not between ~1, the last of a month, and ~28, the most that systemd takes there",
    ],
    [
      "10:00 europe/berlin",
      'its last word, europe/berlin, should be a time zone, such as UTC or Europe/Berlin (did you mean "Europe/Berlin"?)',
    ],
  ])("%s: %s", (text, fault) => expect(faultOfCalendar(text)).toBe(fault));

  it("are judged quickly, however many days they mean", () => {
    const start = performance.now();
    expect(faultOfCalendar("Mon *-*-*,*")).toBeDefined();
    expect(faultOfCalendar("1970..2199-1..12-30,31,1..29 *:*:*")).toBeUndefined();
    expect(faultOfCalendar("*-02-30,31")).toBeDefined();
    expect(faultOfCalendar(`${"1,".repeat(100_000)}1:00`)).toBeDefined();
    expect(performance.now() - start).toBeLessThan(500);
  });
});
