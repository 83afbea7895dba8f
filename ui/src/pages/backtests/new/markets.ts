// Which markets a workflow asks for, and which bars there are for them.
import type { Bars } from "@/api/bars";
import { shortTime } from "@/format/time";
import { counted } from "@/format/number";
import { bodiesOf, configOf, type Graph } from "@/model/workflow";
import { ANY } from "@/pages/backtests/new/form";

/** The symbols that nodes name. One market, or none that can be told: whichever is asked for. */
export function symbolsOf(graph: Graph): string[] {
  const found = new Set<string>();
  const visit = ({ nodes }: Graph): void => {
    for (const node of nodes) {
      const { symbol, symbols } = configOf(node);
      for (const one of [symbol, ...(Array.isArray(symbols) ? symbols : [])]) {
        if (typeof one === "string" && one !== "" && !one.includes("{{")) found.add(one);
      }
      for (const [, body] of bodiesOf(node)) visit(body);
    }
  };
  visit(graph);
  return found.size > 1 ? [...found] : [ANY];
}

/** The one market that is asked for by name; null where there are several or none. */
export function onlySymbol(graph: Graph): string | null {
  const found = new Set<string>();
  const visit = ({ nodes }: Graph): void => {
    for (const node of nodes) {
      const { symbol } = configOf(node);
      if (typeof symbol === "string" && symbol !== "" && !symbol.includes("{{")) found.add(symbol);
      for (const [, body] of bodiesOf(node)) visit(body);
    }
  };
  visit(graph);
  const [first] = found;
  return found.size === 1 && first !== undefined ? first : null;
}

/** Which market bars that have just come are for: the one they are called after, or else the first without any. */
export function marketFor(name: string, symbols: readonly string[], sources: Readonly<Record<string, string>>): string {
  const called = symbols.find((symbol) => symbol !== ANY && name.includes(symbol));
  return called ?? symbols.find((symbol) => (sources[symbol] ?? "") === "") ?? symbols[0] ?? ANY;
}

/** How often bars are asked for by the first node that says so: `1h`. */
export function timeframeOf(graph: Graph): string | null {
  for (const node of graph.nodes) {
    const { timeframe } = configOf(node);
    if (typeof timeframe === "string" && /^\d+[smhdw]$/.test(timeframe)) return timeframe;
  }
  return null;
}

/** Bars of the market first, then the others. */
export function offered(bars: readonly Bars[], symbol: string | null): Bars[] {
  const fits = (one: Bars) => (symbol !== null && one.symbol === symbol ? 0 : 1);
  return [...bars].sort((a, b) => fits(a) - fits(b) || a.name.localeCompare(b.name));
}

/** `8,760 bars of 1h, 1 Jan 2024 – 31 Dec 2024, 2 gaps`. */
export function barsInWords({ bars, timeframe, begins, ends, gaps }: Bars): string {
  const now = new Date();
  const period = begins === null || ends === null ? "" : `, ${shortTime(new Date(begins), now)} – ${shortTime(new Date(ends), now)}`;
  return `${counted(bars, "bar")} of ${timeframe}${period}${gaps > 0 ? `, ${counted(gaps, "gap")}` : ""}`;
}
