import { expect, it } from "vitest";
import { filterLines, linesOfEvents } from "@/pages/run/logs";
import type { LiveEvent } from "@/live/event";

const events = [
  { id: "1.1", type: "log", at: "2026-01-01T00:00:00Z", path: "a", data: { level: "info", message: "Fetched", data: { rows: 7 } } },
  { id: "1.2", type: "node.started", at: "2026-01-01T00:00:00Z", path: "b", data: { attempt: 1 } },
  { id: "1.3", type: "log", at: "2026-01-01T00:00:01Z", path: "b", data: { level: "error", message: "No", data: {} } },
] as unknown as LiveEvent[];

it("narrows lines by node, level and words, also in their data", () => {
  const lines = linesOfEvents(events);
  const of = (filter: object) => filterLines(lines, { node: null, level: null, search: "", ...filter }).map((line) => line.key);
  expect(of({})).toEqual(["1.1", "1.3"]);
  expect(of({ node: "b" })).toEqual(["1.3"]);
  expect(of({ level: "warning" })).toEqual(["1.3"]);
  expect(of({ search: "ROWS" })).toEqual(["1.1"]);
});

it("has a line once that is told again as it is kept", () => {
  const again = { ...events[0], id: "2.4" } as LiveEvent;
  expect(linesOfEvents([...events, again])).toHaveLength(2);
});
