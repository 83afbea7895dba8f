// A against B: both curves, their figures side by side, and where they part.
import { Select } from "@mantine/core";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { ArrowLeftRight, TriangleAlert } from "lucide-react";
import { lazy, Suspense, useMemo } from "react";
import { Link, useNavigate, useSearchParams } from "react-router";
import { backtestList, comparisonOf, equityOf } from "@/api/backtests";
import type { Compared, Equity, Summary } from "@/api/backtestTypes";
import { allItems } from "@/api/paging";
import { allTimes, type ChartLine, inWords, joined } from "@/components/chart/lines";
import { type Column, DataTable } from "@/components/DataTable";
import { EmptyState } from "@/components/EmptyState";
import { Lines, Loaded } from "@/components/Loaded";
import { Page } from "@/components/Page";
import { PageHeader } from "@/components/PageHeader";
import { Panel } from "@/components/Panel";
import { counted } from "@/format/number";
import { wholeTime } from "@/format/time";
import classes from "@/pages/backtests/Compare.module.css";
import { labelOf, MAIN, namesIn, shown, shownDifference, signedShare, titleOf, valueOf, winner } from "@/pages/backtests/figures";
import { worthTelling } from "@/pages/backtests/telling";
import { backtestAddress, compareAddress, marketOf, nameOf, periodOf } from "@/pages/backtests/words";

const LinesChart = lazy(() => import("@/components/chart/LinesChart"));

export default function CompareBacktestsPage() {
  const [query] = useSearchParams();
  const [a, b] = [query.get("a"), query.get("b")];
  const navigate = useNavigate();
  const list = useInfiniteQuery(backtestList({}));
  const all = allItems(list.data?.pages).filter(({ state }) => state === "completed");
  const choose = (one: string | null, other: string | null) => one !== null && void navigate(compareAddress(one, other), { replace: true });
  return (
    <Page>
      <PageHeader title="Compare backtests">
        <div className={classes.choice}>
          <Select label="A" placeholder="One" data={optionsOf(all, a, b)} value={a} searchable allowDeselect={false} onChange={(id) => choose(id, b)} />
          <ArrowLeftRight size={16} aria-hidden="true" className={classes.between ?? ""} />
          <Select label="B" placeholder="Another" data={optionsOf(all, b, a)} value={b} searchable allowDeselect={false} onChange={(id) => choose(a ?? id, a === null ? null : id)} />
        </div>
      </PageHeader>
      {a === null || b === null ? (
        <EmptyState title="Which two?">Change something and run it again: here is what came of the change.</EmptyState>
      ) : (
        <Both key={`${a} ${b}`} a={a} b={b} />
      )}
    </Page>
  );
}

function optionsOf(all: readonly Summary[], chosen: string | null, other: string | null): { value: string; label: string }[] {
  const found = all.filter(({ id }) => id !== other).map((one) => ({ value: one.id, label: labelFor(one) }));
  return chosen === null || found.some(({ value }) => value === chosen) ? found : [...found, { value: chosen, label: chosen }];
}

function labelFor(one: Summary): string {
  const value = one.figures["total_return"];
  return `${nameOf(one)} · ${periodOf(one)}${typeof value === "number" ? ` · ${signedShare(value)}` : ""} · ${one.id}`;
}

function Both({ a, b }: { a: string; b: string }) {
  const query = useQuery(comparisonOf(a, b));
  return (
    <Loaded query={query} lines={8}>
      {(compared) => (
        <div className={classes.both}>
          <div className={classes.sides}>
            <Side letter="A" of={compared.a} />
            <Side letter="B" of={compared.b} />
          </div>
          {compared.differ.length > 0 && <Differ said={compared.differ} />}
          <Panel title="Both curves" aside={partingOf(compared)}>
            <Curves compared={compared} />
          </Panel>
          <Panel title="Figures" flush>
            <div className={classes.table}>
              <DataTable label="Figures of A and B" columns={columnsOf(compared)} rows={rowsOf(compared)} keyOf={({ name }) => name} />
            </div>
          </Panel>
        </div>
      )}
    </Loaded>
  );
}

function Side({ letter, of }: { letter: "A" | "B"; of: Summary }) {
  return (
    <p className={classes.side} data-letter={letter}>
      <b>{letter}</b>
      <span>
        <Link to={backtestAddress(of.id)}>{nameOf(of)}</Link>
        <small>
          {marketOf(of)} · {periodOf(of)}
        </small>
      </span>
    </p>
  );
}

/** What else may be why their figures are not the same. */
function Differ({ said }: { said: readonly string[] }) {
  return (
    <div className={classes.differ} role="note" aria-label="What they are not alike in">
      <TriangleAlert size={16} aria-hidden="true" />
      <ul>
        {said.map((one) => (
          <li key={one}>{one}</li>
        ))}
      </ul>
    </div>
  );
}

function partingOf({ same_fills_until, trades_only_a, trades_only_b, trades_both }: Compared): string {
  const trades = `${counted(trades_both, "trade")} in both, ${trades_only_a} only in A, ${trades_only_b} only in B`;
  return same_fills_until === null ? `The same fills throughout. ${trades}.` : `They part at ${wholeTime(new Date(same_fills_until))}. ${trades}.`;
}

function Curves({ compared }: { compared: Compared }) {
  const a = useQuery(equityOf(compared.a.id));
  const b = useQuery(equityOf(compared.b.id));
  return <Loaded query={a} lines={8}>{(one) => <Loaded query={b} lines={8}>{(other) => <Grown one={one} other={other} partsAt={compared.same_fills_until} />}</Loaded>}</Loaded>;
}

/** As shares of what each began with: accounts of other sizes lie on one axis. */
function grown({ equity }: Equity): (number | null)[] {
  const first = equity.find((value) => value !== null && value > 0);
  return first === undefined || first === null ? equity.map(() => null) : equity.map((value) => (value === null ? null : value / first - 1));
}

function Grown({ one, other, partsAt }: { one: Equity; other: Equity; partsAt: number | null }) {
  const at = useMemo(() => allTimes(one.at, other.at), [one, other]);
  const lines = useMemo(
    (): ChartLine[] => [
      { name: "A", values: joined(at, one.at, grown(one)), tone: "own" },
      { name: "B", values: joined(at, other.at, grown(other)), tone: "other" },
    ],
    [at, one, other],
  );
  const marks = useMemo(() => (partsAt === null ? [] : [partsAt]), [partsAt]);
  return (
    <Suspense fallback={<Lines count={8} />}>
      <LinesChart at={at} lines={lines} format={signedShare} label={lines.map(({ name, values }) => inWords(name, values, signedShare)).join(". ")} height={280} marks={marks} />
    </Suspense>
  );
}

type Row = Compared["figures"][number];

/** Those that say something of one of the two; the main ones first, as everywhere. */
function rowsOf({ a, b, figures }: Compared): Row[] {
  const [ofA, ofB] = [worthTelling(a), worthTelling(b)];
  const rows = figures.map(({ name }): Row => ({ name, a: valueOf(ofA, name), b: valueOf(ofB, name) })).filter((row) => row.a !== null || row.b !== null);
  const names = [...MAIN, ...namesIn(Object.fromEntries(rows.map(({ name }) => [name, 0])), MAIN)];
  return rows.sort((one, other) => names.indexOf(one.name) - names.indexOf(other.name));
}

function columnsOf({ a, b }: Compared): Column<Row>[] {
  const side = (of: "a" | "b", currency: string) => (row: Row) => {
    const best = winner(row.name, row.a, row.b);
    return (
      <span className={classes.value} data-better={best === of || undefined}>
        {shown(row.name, row[of], currency)}
      </span>
    );
  };
  return [
    { id: "name", title: "Figure", grow: true, cell: ({ name }) => <span title={titleOf(name)}>{labelOf(name)}</span> },
    { id: "a", title: "A", align: "end", named: true, cell: side("a", a.currency ?? "") },
    { id: "b", title: "B", align: "end", named: true, cell: side("b", b.currency ?? "") },
    { id: "difference", title: "B less A", align: "end", named: true, cell: (row) => shownDifference(row.name, row.a, row.b, a.currency ?? "") },
  ];
}
