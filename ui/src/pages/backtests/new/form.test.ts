import { expect, it } from "vitest";
import { ANY, type BacktestForm, formFrom, newForm, placed, readForm } from "@/pages/backtests/new/form";
import type { Parameter } from "@/pages/backtests/new/parameters";

const period: Parameter = { name: "rsi.period", title: "rsi: period", kind: "integer", value: 14, choices: [], least: 2, most: null };
const low: Parameter = { ...period, name: "weak.threshold", kind: "number", least: null };
const parameters = [period, low];
const form = (more: Partial<BacktestForm> = {}): BacktestForm => ({ ...newForm("rsi", "latest"), sources: { [ANY]: "btc.csv" }, ...more });
const read = (given: BacktestForm, graph?: unknown) => readForm(given, [ANY], parameters, graph);
const paths = (given: BacktestForm) => {
  const found = read(given);
  return found.ok ? [] : found.issues.map(({ path }) => path);
};

it("asks for no more than was filled in", () => {
  expect(read(form())).toEqual({ ok: true, variants: 1, body: { workflow: "rsi", data: [{ symbol: "*", source: "btc.csv" }] } });
});

it("takes the draft instead of a version", () => {
  const found = read(form({ version: "draft" }), { name: "rsi" });
  expect(found.ok && found.body).toMatchObject({ graph: { name: "rsi" } });
  expect(found.ok && "version" in found.body).toBe(false);
});

it("says what an account is like in the words of the API", () => {
  const found = read(form({ balance: "5000", currency: "EUR", fees: "0.1", slippage: "5", isPessimistic: true }));
  expect(found.ok && found.body.paper).toEqual({ balance: { EUR: 5000 }, fees: 0.001, slippage: { kind: "fixed", bps: 5 }, path: "pessimistic" });
});

it("sets what has one value and varies what has several", () => {
  const rows = [
    { name: "weak.threshold", text: "30" },
    { name: "rsi.period", text: "7:21:7" },
  ];
  const found = read(form({ kind: "sweep", rows }));
  expect(found.ok && found.variants).toBe(3);
  expect(found.ok && found.body).toMatchObject({
    set: { "weak.threshold": 30 },
    sweep: { parameters: [{ name: "rsi.period", values: [7, 14, 21] }], method: "grid", metric: "sharpe" },
  });
  const drawn = read(form({ kind: "sweep", method: "random", count: "20", rows }));
  expect(drawn.ok && drawn.body.sweep).toEqual({ parameters: [{ name: "rsi.period", low: 7, high: 21, step: 7 }], method: "random", metric: "sharpe", count: 20 });
});

it("shares the work of a search where that is asked for, and has no other work to share", () => {
  const rows = [{ name: "rsi.period", text: "7, 14" }];
  const bodyOf = (given: BacktestForm) => {
    const found = read(given);
    return found.ok ? found.body : null;
  };
  expect(bodyOf(form({ kind: "sweep", rows, isSpread: true }))).toMatchObject({ spread: true });
  expect(bodyOf(form({ kind: "sweep", rows }))).not.toHaveProperty("spread");
  expect(bodyOf(form({ isSpread: true }))).not.toHaveProperty("spread");
});

it("tells each thing that is wrong at its field", () => {
  expect(paths(form({ sources: {}, fees: "much", since: "2024-02-01", until: "2024-01-01" }))).toEqual(["data[0].source", "until", "paper.fees"]);
  expect(paths(form({ kind: "sweep" }))).toEqual(["sweep.parameters"]);
  expect(paths(form({ rows: [{ name: "rsi.period", text: "7, 14" }] }))).toEqual(["kind"]);
  expect(paths(form({ rows: [{ name: "rsi.period", text: "x" }, { name: "", text: "" }] }))).toEqual(["rows[0].values", "rows[1].name"]);
  expect(paths(form({ kind: "walk_forward", train: "long", rows: [{ name: "rsi.period", text: "7, 14" }] }))).toEqual(["walk_forward.train"]);
  expect(paths(form({ kind: "monte_carlo", courses: "1.5" }))).toEqual(["monte_carlo.count"]);
});

it("is filled in again as it was asked for", () => {
  const rows = [
    { name: "weak.threshold", text: "30" },
    { name: "rsi.period", text: "7, 14" },
  ];
  const given = form({ kind: "walk_forward", rows, balance: "5000", fees: "0.1", slippage: "5", isPessimistic: true, since: "2024-01-01", isAnchored: true });
  const asked = read(given);
  if (!asked.ok) throw new Error("It was refused.");
  const again = formFrom({ request: asked.body as never, kind: "walk_forward", workflow: "rsi" });
  expect({ ...again, rest: {} }).toEqual(given);
  expect(readForm(again, [ANY], parameters, undefined)).toEqual(asked);
});

it("puts what the server found at the fields of the form", () => {
  const rows = [
    { name: "weak.threshold", text: "30" },
    { name: "rsi.period", text: "7, 14" },
  ];
  const asked = read(form({ kind: "walk_forward", rows }));
  if (!asked.ok) throw new Error("It was refused.");
  const issue = (path: string) => ({ code: "x", message: "x", path });
  const found = placed([issue("walk_forward.sweep.parameters[0].values"), issue("set.weak.threshold"), issue("walk_forward.sweep.metric"), issue("until")], { rows }, asked.body);
  expect(found.map(({ path }) => path)).toEqual(["rows[1].values", "rows[0].values", "sweep.metric", "until"]);
});

it("goes on with a draft as it was tested", () => {
  const request = { data: [{ symbol: "*", source: "btc.csv" }], graph: { nodes: [] } };
  expect(formFrom({ request, kind: "backtest", workflow: "rsi" }).version).toBe("kept");
});
