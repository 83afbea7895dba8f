import { act, renderHook } from "@testing-library/react";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { useCalm } from "@/live/useCalm";

describe("useCalm", () => {
  beforeEach(() => vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it("lets through what comes after a rest, then a few a second, and the last", () => {
    const seen: number[] = [];
    const { result, rerender } = renderHook(({ value }) => useCalm(value, 100), { initialProps: { value: 0 } });
    const note = (): void => {
      if (seen.at(-1) !== result.current) seen.push(result.current);
    };
    for (let frame = 1; frame <= 30; frame += 1) {
      rerender({ value: frame });
      act(() => void vi.advanceTimersByTime(10));
      note();
    }
    expect(seen).toEqual([1, 10, 20, 30]);
    rerender({ value: 31 });
    act(() => void vi.advanceTimersByTime(100));
    note();
    expect(seen.at(-1)).toBe(31);
  });
});
