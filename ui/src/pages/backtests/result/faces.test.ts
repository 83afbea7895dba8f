import { expect, it } from "vitest";
import type { DrawnWire } from "@/components/graph/sheet";
import { cameInto, facesAt, short } from "@/pages/backtests/result/faces";

const nodes = { rsi: { value: 28.123456 }, weak: { true: null }, hold: {} };

it("shows the values of nodes that were reached", () => {
  const drawn = ["rsi", "weak", "hold", "sell"].map((path) => ({ path, kind: "step" as const }));
  const faces = facesAt({ nodes }, [...drawn, { path: "note", kind: "note" }]);
  expect(faces.get("rsi")).toEqual({ status: "completed", values: { value: "28.12" }, line: "28.12" });
  expect(faces.get("weak")?.values).toEqual({ true: "null" });
  expect(faces.get("hold")).toEqual({ status: "completed", values: {} });
  expect(faces.has("sell")).toBe(false);
});

it("tells what came into a node", () => {
  const wire = (output: string | undefined, kind: DrawnWire["kind"] = "value"): DrawnWire => ({
    id: "w",
    kind,
    source: "rsi",
    output,
    target: "weak",
    input: "value",
    ends: [0, 0, 0, 0],
  });
  expect(cameInto("weak", [wire("value"), wire(undefined), wire("value", "order")], { nodes })).toEqual([
    { port: "value", from: "rsi.value", value: 28.123456 },
  ]);
  expect(cameInto("weak", [wire("signal")], { nodes })[0]?.value).toBeUndefined();
});

it("writes long numbers short", () => {
  expect(short("61250.123456789")).toBe("61,250.12");
  expect(short("2024.5")).toBe("2024.5");
  expect(short({ a: 1 })).toBe("{a: 1}");
});

it("shows of a series its last number, and of what has fields the first", () => {
  expect(short({ length: 200, last: 20.19953 })).toBe("20.2");
  expect(short({ length: 200, last: { time: 1, open: 2, close: 3.5 } })).toBe("3.5");
  expect(short({ venue: "paper", symbol: "BTC/USDT" })).toBe("paper …");
  expect(facesAt({ nodes: { rsi: { value: { length: 9, last: 20.2 } } } }, [{ path: "rsi", kind: "step" }]).get("rsi")?.line).toBe("20.2");
});
