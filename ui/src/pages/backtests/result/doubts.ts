// What speaks against a result, the worst first; and what was looked at and found to be right.
import type { Detail, Honesty, Warning } from "@/api/backtestTypes";
import { counted, number } from "@/format/number";
import { shortTime } from "@/format/time";

export type Severity = "error" | "warning" | "info";

const RANK: Readonly<Record<Severity, number>> = { error: 0, warning: 1, info: 2 };

export interface Doubt {
  readonly code: string;
  readonly message: string;
  readonly severity: Severity;
}

function severityOf(told: string): Severity {
  return told === "error" || told === "warning" ? told : "info";
}

/** All warnings and findings once, the worst first. */
export function doubtsOf({ warnings, honesty }: Pick<Detail, "warnings" | "honesty">): Doubt[] {
  const all = new Map<string, Doubt>();
  for (const { code, message, severity } of [...warnings, ...(honesty?.findings ?? [])] satisfies Warning[]) {
    all.set(`${code} ${message}`, { code, message, severity: severityOf(severity) });
  }
  return [...all.values()].sort((a, b) => RANK[a.severity] - RANK[b.severity]);
}

export interface Checked {
  readonly label: string;
  readonly said: string;
  /** Undefined: it is neither good nor bad. */
  readonly isGood?: boolean;
  readonly detail?: readonly string[];
}

/** What was looked at, in words. */
export function checksOf(honesty: Honesty | null): Checked[] {
  if (honesty === null) return [];
  const { look_ahead, warm_up, open_trades, no_volume, variants } = honesty;
  const checks: Checked[] = [];
  if (look_ahead !== null) {
    const found = look_ahead.nodes.filter((one) => one.looks_ahead);
    checks.push(
      !look_ahead.checked
        ? { label: "Look-ahead", said: "Not checked" }
        : found.length === 0 && look_ahead.found.length === 0
          ? { label: "Look-ahead", said: `None: ${counted(look_ahead.nodes.length, "node")} looked at`, isGood: true }
          : {
              label: "Look-ahead",
              said: look_ahead.found.join(", "),
              isGood: false,
              detail: found.map(({ node, message }) => message ?? `${node} knows bars that were not over yet.`),
            },
    );
  }
  if (warm_up !== null) {
    const ends = warm_up.ends === null ? "" : `, until ${shortTime(new Date(warm_up.ends), new Date())}`;
    checks.push({
      label: "Warm-up",
      said: warm_up.runs === 0 ? "None was needed" : `${counted(warm_up.runs, "run")}${ends}`,
      detail: warm_up.nodes.map(({ node, runs }) => `${node}: ${counted(runs, "run")}`),
    });
  }
  const held = open_trades.map(({ symbol, quantity }) => `${quantity} ${symbol}`);
  checks.push({ label: "Still held at the end", said: held.length === 0 ? "Nothing" : held.join(", "), ...(held.length === 0 ? { isGood: true } : {}) });
  checks.push({ label: "Bars without volume", said: no_volume === 0 ? "None" : number(no_volume), ...(no_volume === 0 ? { isGood: true } : {}) });
  if (variants !== null) {
    const tried = variants.here + variants.before;
    checks.push({ label: "Tried on this market", said: tried <= 1 ? "The first" : `${counted(tried, "variant")}, ${number(variants.here)} of them here` });
  }
  return checks;
}
