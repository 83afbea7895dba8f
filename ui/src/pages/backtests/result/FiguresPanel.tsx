// What it came to: the main figures large, with buying and holding beside the return; the rest small; what it cost.
import type { Detail, Figures } from "@/api/backtestTypes";
import { Panel } from "@/components/Panel";
import { amount, inCurrency, type Sign } from "@/format/money";
import { counted } from "@/format/number";
import { labelOf, MAIN, namesIn, shown, signIn, titleOf, valueOf } from "@/pages/backtests/figures";
import classes from "@/pages/backtests/result/Figures.module.css";
import { FEWEST_DAYS, isTooShort, worthTelling } from "@/pages/backtests/telling";

export function MainFigures({ figures, currency }: { figures: Figures; currency: string }) {
  const held = valueOf(figures, "buy_and_hold");
  return (
    <dl className={classes.main} aria-label="Main figures">
      {MAIN.map((name) => {
        const value = valueOf(figures, name);
        return (
          <div key={name} title={titleOf(name)}>
            <dt>{labelOf(name)}</dt>
            <dd data-sign={signIn(name, value)}>{shown(name, value, currency)}</dd>
            {name === "total_return" && held !== null && <dd className={classes.beside}>{shown("buy_and_hold", held)} bought and held</dd>}
            {name === "trades" && <Average figures={figures} currency={currency} />}
          </div>
        );
      })}
    </dl>
  );
}

function Average({ figures, currency }: { figures: Figures; currency: string }) {
  const mean = valueOf(figures, "expectancy");
  return mean === null ? null : <dd className={classes.beside}>{shown("expectancy", mean, currency)} each</dd>;
}

export function FiguresPanel({ of }: { of: Detail }) {
  const figures = worthTelling(of);
  const currency = of.currency ?? "";
  const costs = costLines(of.costs, of.costs?.currency ?? currency);
  const runs = Object.entries(of.runs);
  return (
    <Panel title="Figures">
      <dl className={classes.list} aria-label="All figures">
        {namesIn(figures, MAIN).map((name) => {
          const value = valueOf(figures, name);
          return <Line key={name} label={labelOf(name)} title={titleOf(name)} value={shown(name, value, currency)} sign={signIn(name, value)} />;
        })}
      </dl>
      {isTooShort(of) && figures["trades"] !== 0 && <p className={classes.runs}>What a year would be like cannot be told of less than {FEWEST_DAYS} days.</p>}
      {costs.length > 0 && (
        <>
          <h3 className={classes.heading}>Costs</h3>
          <dl className={classes.list} aria-label="Costs">
            {costs.map((line) => (
              <Line key={line.label} {...line} />
            ))}
          </dl>
        </>
      )}
      {runs.length > 0 && (
        <p className={classes.runs}>
          {runs.map(([what, count]) => (what === "completed" ? `${counted(count, "run")} completed` : `${counted(count, "run")}: ${what}`)).join(", ")}.
        </p>
      )}
    </Panel>
  );
}

interface LineProps {
  label: string;
  value: string;
  title?: string | undefined;
  sign?: Sign | undefined;
}

function Line({ label, value, title, sign }: LineProps) {
  return (
    <div title={title}>
      <dt>{label}</dt>
      <dd data-sign={sign}>{value}</dd>
    </div>
  );
}

function costLines(costs: Detail["costs"], currency: string): LineProps[] {
  if (costs === null) return [];
  const { gross, fees, slippage, net, turnover } = costs;
  const lines: [string, number | null, string?][] = [
    ["Before costs", gross, "At the prices of the bars, without fees"],
    ["Fees", fees === 0 ? 0 : -fees],
    ["Slippage", slippage === null ? null : slippage === 0 ? 0 : -slippage, "What prices moved against it as it was filled"],
    ["Left of it", net],
    ["Bought and sold", turnover, "All of it together"],
  ];
  return lines.flatMap(([label, value, title]) => (value === null ? [] : [{ label, title, value: inCurrency(amount(value), currency) }]));
}
