// One backtest: how far it is, or what it came to. Where one looks (a bar, a node, an order of trades) is in the address.
import { Button } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { lazy, Suspense } from "react";
import { Link, useParams } from "react-router";
import { backtestOne, isOver } from "@/api/backtests";
import type { Detail } from "@/api/backtestTypes";
import { useMay } from "@/api/me";
import { toProblem } from "@/api/problem";
import { EmptyState } from "@/components/EmptyState";
import { Lines, Loaded } from "@/components/Loaded";
import { Page } from "@/components/Page";
import { PageHeader } from "@/components/PageHeader";
import { StatusBadge } from "@/components/StatusBadge";
import { Took } from "@/components/Took";
import { EquityPanel } from "@/pages/backtests/result/EquityPanel";
import { ExportMenu } from "@/pages/backtests/result/ExportMenu";
import { FiguresPanel, MainFigures } from "@/pages/backtests/result/FiguresPanel";
import { HonestyPanel } from "@/pages/backtests/result/HonestyPanel";
import { MarketPanel } from "@/pages/backtests/result/MarketPanel";
import classes from "@/pages/backtests/result/Result.module.css";
import { Going, Stopped } from "@/pages/backtests/result/Stopped";
import { TradesPanel } from "@/pages/backtests/result/TradesPanel";
import { useMoment } from "@/pages/backtests/result/useMoment";
import { MonteCarloPanel } from "@/pages/backtests/search/MonteCarloPanel";
import { SweepPanel } from "@/pages/backtests/search/SweepPanel";
import { WalkForwardPanel } from "@/pages/backtests/search/WalkForwardPanel";
import { worthTelling } from "@/pages/backtests/telling";
import { compareAddress, kindWords, marketOf, nameOf, periodOf } from "@/pages/backtests/words";

const MomentPanel = lazy(() => import("@/pages/backtests/result/MomentPanel"));

export default function BacktestPage() {
  const { id = "" } = useParams();
  const query = useQuery(backtestOne(id));
  const of = query.data;
  const mayTest = useMay("editor");
  if (query.error !== null && of === undefined && toProblem(query.error).status === 404) {
    return (
      <Page>
        <PageHeader title="Backtest" />
        <EmptyState title="There is no such backtest" action={<Link to="/backtests">All backtests</Link>}>
          It was deleted, or it is not yours to see.
        </EmptyState>
      </Page>
    );
  }
  return (
    <Page>
      <PageHeader
        title={of === undefined ? "Backtest" : nameOf(of)}
        documentTitle={of === undefined ? "Backtest" : `${kindWords(of.kind)} of ${nameOf(of)}`}
        badge={of && of.state !== "completed" && <StatusBadge status={of.state} />}
        description={of && <About of={of} />}
        actions={
          of && (
            <>
              {of.state === "completed" && (
                <>
                  <ExportMenu id={of.id} />
                  <Button variant="default" component={Link} to={compareAddress(of.id, null)}>
                    Compare
                  </Button>
                </>
              )}
              {mayTest && isOver(of) && (
                <Button component={Link} to={`/backtests/new?from=${encodeURIComponent(of.id)}`}>
                  Change and run again
                </Button>
              )}
            </>
          )
        }
      />
      <Loaded query={query} lines={8}>
        {(data) => (!isOver(data) ? <Going of={data} /> : data.state === "completed" ? <Result key={data.id} of={data} /> : <Stopped of={data} />)}
      </Loaded>
    </Page>
  );
}

function About({ of }: { of: Detail }) {
  const { kind, workflow, version, seconds } = of;
  return (
    <>
      {kindWords(kind)} of <Link to={`/w/${encodeURIComponent(workflow)}`}>{workflow}</Link>
      {version === null ? ", a draft" : /^\d+$/.test(version) ? `, version ${version}` : ""}
      {marketOf(of) !== "" && ` · ${marketOf(of)}`}
      {of.begins !== null && ` · ${periodOf(of)}`}
      {seconds !== null && (
        <>
          {" "}
          · took <Took ms={seconds * 1000} />
        </>
      )}
    </>
  );
}

function Result({ of }: { of: Detail }) {
  const { query, moment, setMoment, set } = useMoment();
  const isPhone = useMediaQuery("(max-width: 48em)", false, { getInitialValueInEffect: false });
  const has = (part: string): boolean => of.parts.includes(part);
  const currency = of.currency ?? "";
  const isOne = of.kind === "backtest" || of.kind === "monte_carlo";
  return (
    <div className={classes.result}>
      {has("sweep") && <SweepPanel of={of} />}
      {has("walk_forward") && <WalkForwardPanel of={of} />}
      {has("monte_carlo") && <MonteCarloPanel of={of} />}
      {!isOne && has("equity") && <h2 className={classes.heading}>{of.kind === "sweep" ? "The best of them" : "Out of sample"}</h2>}
      {Object.keys(of.figures).length > 0 && <MainFigures figures={worthTelling(of)} currency={currency} />}
      {has("candles") && (
        <MarketPanel of={of} symbol={query.get("symbol")} onSymbol={(symbol) => set({ symbol })} moment={moment} onMoment={setMoment} isPhone={isPhone} />
      )}
      {moment !== null && has("values") && (
        <Suspense fallback={<Lines count={6} />}>
          <MomentPanel of={of} moment={moment} onMoment={setMoment} node={query.get("node")} onNode={(node) => set({ node })} />
        </Suspense>
      )}
      <div className={classes.columns}>
        <div className={classes.column}>
          {has("equity") && <EquityPanel id={of.id} currency={currency} onMoment={has("values") ? setMoment : undefined} />}
          <FiguresPanel of={of} />
        </div>
        <div className={classes.column}>
          <HonestyPanel of={of} />
        </div>
      </div>
      {has("trades") && <TradesPanel id={of.id} total={of.figures["trades"] ?? 0} currency={currency} moment={moment} />}
    </div>
  );
}
