// A sweep: the heat map of two parameters, the variant that is chosen, and the best of them in a list.
import { Button, Select } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { useNavigate } from "react-router";
import { startBacktest, sweepOf } from "@/api/backtests";
import type { Chosen, Detail, Sweep, SweepRow } from "@/api/backtestTypes";
import { keys } from "@/api/keys";
import { useMay } from "@/api/me";
import { type Column, DataTable } from "@/components/DataTable";
import { EmptyState } from "@/components/EmptyState";
import { Loaded } from "@/components/Loaded";
import { Panel } from "@/components/Panel";
import { ProblemNotice } from "@/components/ProblemNotice";
import { counted, share } from "@/format/number";
import { labelOf, METRICS, namesIn, shown, signIn, valueOf } from "@/pages/backtests/figures";
import { heatOf, metricsIn, ranked } from "@/pages/backtests/search/heat";
import { HeatMap } from "@/pages/backtests/search/HeatMap";
import classes from "@/pages/backtests/search/Search.module.css";
import { variantOf } from "@/pages/backtests/search/variant";
import { worthTellingOf } from "@/pages/backtests/telling";
import { backtestAddress, chosenInWords, spreadInWords } from "@/pages/backtests/words";

/** Variants that are listed at first, and with each asking for more. */
const FIRST = 10;
const MORE = 100;

export function SweepPanel({ of }: { of: Detail }) {
  const query = useQuery(sweepOf(of.id));
  return (
    <Panel title="Sweep" aside={query.data && [saidOf(query.data), ...(of.spread === null ? [] : [spreadInWords(of.spread)])].join(" · ")}>
      <Loaded query={query} lines={8}>
        {(sweep) => <Swept of={of} sweep={sweep} />}
      </Loaded>
    </Panel>
  );
}

function saidOf({ rows, trials, failed, deflated_sharpe }: Sweep): string {
  const parts = [counted(trials ?? rows.length, "variant")];
  if (failed !== undefined && failed !== null && failed > 0) parts.push(`${counted(failed, "one", "of them")} failed`);
  if (deflated_sharpe !== null) parts.push(`${share(deflated_sharpe)} sure that the best is more than luck`);
  return parts.join(" · ");
}

function Swept({ of, sweep }: { of: Detail; sweep: Sweep }) {
  const names = sweep.parameters.map(({ name }) => name);
  const [metric, setMetric] = useState(sweep.metric);
  const [across, setAcross] = useState(names[0] ?? "");
  const [down, setDown] = useState(names[1] ?? null);
  const [chosen, setChosen] = useState(sweep.best);
  const heat = useMemo(() => heatOf(sweep, metric, across, down), [sweep, metric, across, down]);
  const [many, setMany] = useState(FIRST);
  const all = useMemo(() => ranked(sweep.rows, metric, sweep.rows.length), [sweep, metric]);
  const top = all.slice(0, many);
  const currency = of.currency ?? "";
  const best = top[0]?.row ?? null;
  const row = chosen === null ? undefined : sweep.rows[chosen];
  if (top.length === 0) return <EmptyState compact title="No variant came to anything">{firstError(sweep.rows)}</EmptyState>;
  const others = (not: string | null) => names.filter((name) => name !== not);
  const metrics = [...new Set([sweep.metric, ...metricsIn(sweep.rows, METRICS)])];
  return (
    <div className={classes.swept}>
      <div className={classes.choice}>
        <Select size="xs" label="Figure" data={metrics.map((value) => ({ value, label: labelOf(value) }))} value={metric} allowDeselect={false} onChange={(value) => value !== null && setMetric(value)} />
        {names.length > 1 && (
          <>
            <Select size="xs" label="Across" data={others(names.length > 2 ? down : null)} value={across} allowDeselect={false} onChange={(value) => swap(value, down, across, setAcross, setDown)} />
            <Select size="xs" label="Down" data={others(names.length > 2 ? across : null)} value={down} allowDeselect={false} onChange={(value) => swap(value, across, down, setDown, setAcross)} />
          </>
        )}
        {names.length > 2 && <p className={classes.said}>Of what the other parameters come to, the best.</p>}
      </div>
      <div className={classes.map}>
        <HeatMap heat={heat} metric={metric} currency={currency} best={best} chosen={chosen} onChoose={setChosen} />
        {row !== undefined && <Variant key={chosen} of={of} row={row} warnings={sweep.warnings} isBest={chosen === best} currency={currency} />}
      </div>
      {sweep.neighbours?.plateau !== null && sweep.neighbours !== undefined && sweep.neighbours !== null && sweep.neighbours.plateau !== sweep.best && (
        <p className={classes.said}>
          The best stands alone: one step beside it, it comes to {shown(sweep.metric, sweep.neighbours.mean, currency)}.{" "}
          <button type="button" className={classes.link} onClick={() => setChosen(sweep.neighbours?.plateau ?? null)}>
            The variant with the best surroundings
          </button>{" "}
          is the safer choice.
        </p>
      )}
      <Top rows={top} metric={metric} currency={currency} chosen={chosen} onChoose={setChosen} onMore={top.length < all.length ? () => setMany(many + MORE) : null} />
    </div>
  );
}

/** The one that is taken by the other side is given in exchange. */
function swap(value: string | null, other: string | null, own: string | null, set: (value: string) => void, setOther: (value: string) => void): void {
  if (value === null) return;
  if (value === other && own !== null) setOther(own);
  set(value);
}

function firstError(rows: readonly SweepRow[]): string {
  return rows.find(({ error }) => error)?.error?.message ?? "None has this figure.";
}

interface VariantProps {
  of: Detail;
  row: { values: Chosen; figures: Detail["figures"] };
  warnings: Sweep["warnings"];
  isBest: boolean;
  currency: string;
}

const SHOWN = ["total_return", "max_drawdown", "sharpe", "sortino", "calmar", "trades", "win_rate", "profit_factor"];

function Variant({ of, row, warnings, isBest, currency }: VariantProps) {
  const figures = worthTellingOf(row.figures, of, { warnings });
  const client = useQueryClient();
  const navigate = useNavigate();
  const mayTest = useMay("editor");
  const opening = useMutation({
    mutationFn: () => startBacktest(variantOf(of, row.values)),
    onSuccess: async ({ id }) => {
      await client.invalidateQueries({ queryKey: keys.backtests.lists });
      await navigate(backtestAddress(id));
    },
  });
  return (
    <section className={classes.variant} aria-label="The chosen variant">
      <h3>{isBest ? "The best" : "Chosen"}</h3>
      <dl>
        {Object.entries(row.values).map(([name, value]) => (
          <div key={name}>
            <dt>
              <code>{name}</code>
            </dt>
            <dd>{String(value)}</dd>
          </div>
        ))}
      </dl>
      <dl className={classes.figures}>
        {namesIn(figures)
          .filter((name) => SHOWN.includes(name))
          .map((name) => {
            const value = valueOf(figures, name);
            return (
              <div key={name}>
                <dt>{labelOf(name)}</dt>
                <dd data-sign={signIn(name, value)}>{shown(name, value, currency)}</dd>
              </div>
            );
          })}
      </dl>
      {opening.error !== null && <ProblemNotice error={opening.error} />}
      {mayTest && (
        <Button size="xs" variant="default" fullWidth loading={opening.isPending} onClick={() => opening.mutate()}>
          Backtest this variant
        </Button>
      )}
    </section>
  );
}

type Ranked = ReturnType<typeof ranked>[number];

interface TopProps {
  rows: readonly Ranked[];
  metric: string;
  currency: string;
  chosen: number | null;
  onChoose: (row: number) => void;
  onMore: (() => void) | null;
}

function Top({ rows, onMore, ...rest }: TopProps) {
  return <DataTable label="The best variants" columns={columnsOf(rest)} rows={rows} keyOf={({ row }) => String(row)} onMore={onMore} />;
}

function columnsOf({ metric, currency, chosen, onChoose }: Omit<TopProps, "rows" | "onMore">): Column<Ranked>[] {
  const names = [...new Set([metric, "total_return", "max_drawdown", "trades"])];
  return [
    {
      id: "variant",
      title: "Variant",
      grow: true,
      cell: ({ row, values }) => (
        <button type="button" className={classes.row} aria-pressed={row === chosen} onClick={() => onChoose(row)}>
          {chosenInWords(values)}
        </button>
      ),
    },
    ...names.map(
      (name): Column<Ranked> => ({ id: name, title: labelOf(name), align: "end", named: true, cell: ({ figures }) => shown(name, valueOf(figures, name), currency) }),
    ),
  ];
}
