import { expect, it } from "vitest";
import { barsOf, dayInWords, runsInWords } from "@/components/chart/runDays";
import { sparkline } from "@/components/chart/sparkline";
import { tickNames } from "@/components/chart/timeChart";

const on = (day: string, completed: number, failed = 0, cancelled = 0) => ({ day, completed, failed, cancelled });

it("draws a line from the lowest to the highest value", () => {
  expect(sparkline([0, 10, 5], 100, 20, 0)).toEqual({
    path: "M0 20L50 0L100 10",
    area: "M0 20L50 0L100 10L100 20L0 20Z",
    zero: null,
  });
});

it("draws what stays the same in the middle, and nothing of a single value", () => {
  expect(sparkline([3, 3], 10, 20)?.path).toBe("M0 10L10 10");
  expect(sparkline([3], 10, 20)).toBeNull();
});

it("tells where nothing is gained nor lost", () => {
  expect(sparkline([-1, 1], 10, 20, 0)?.zero).toBe(10);
});

it("measures bars by the highest", () => {
  const [one, other] = barsOf([on("2026-11-20", 6, 2), on("2026-11-21", 3, 0, 1)]);
  expect(one).toMatchObject({ total: 8, completed: 0.75, failed: 0.25 });
  expect(other).toMatchObject({ total: 4, completed: 0.375, cancelled: 0.125 });
});

it("says in words what it draws", () => {
  expect(runsInWords([on("2026-11-20", 6, 2), on("2026-11-21", 1)])).toBe("9 runs in 2 days, 2 failed");
  expect(runsInWords([on("2026-11-20", 0)])).toBe("No runs in 1 day");
  expect(dayInWords(on("2026-11-20", 6, 2))).toBe("6 completed, 2 failed");
  expect(dayInWords(on("2026-11-20", 0))).toBe("no runs");
});

it("names ticks by what tells them apart", () => {
  const noon = new Date(2026, 10, 21, 12, 0).getTime() / 1000;
  const midnight = new Date(2026, 10, 21).getTime() / 1000;
  const clock = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" });
  const day = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short" });
  expect(tickNames([midnight, noon], 3600)).toEqual([day.format(midnight * 1000), clock.format(noon * 1000)]);
  expect(tickNames([noon], 86_400)).toEqual([day.format(noon * 1000)]);
});
