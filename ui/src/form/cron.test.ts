import { describe, expect, it } from "vitest";
import { CRON_PRESETS, cronInWords } from "@/form/cron";

describe("cronInWords", () => {
  it.each([
    ["30 9 * * MON-FRI", "At 09:30, Monday to Friday"],
    ["*/15 * * * *", "Every 15 minutes"],
    ["0 * * * *", "Every hour"],
    ["@daily", "At 00:00"],
    ["0 8,20 * * *", "At 08:00 and 20:00"],
    ["0 9 1 * *", "At 09:00, on the 1st of the month"],
    ["0 9 2,22 1 *", "At 09:00, on the 2nd and the 22nd, in January"],
    ["0 0 * * 7", "At 00:00, Sunday"],
    ["0 9 1 * MON", undefined],
    ["soon", undefined],
    ["1-5 * * * *", undefined],
  ])("%s", (cron, words) => expect(cronInWords(cron)).toBe(words));

  it("can say every preset", () => {
    expect(CRON_PRESETS.filter(({ cron }) => cronInWords(cron) === undefined)).toEqual([]);
  });
});
