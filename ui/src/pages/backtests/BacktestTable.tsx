// Backtests as rows: what was tested, over what, and how it came out.
import { Button, Checkbox } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { Link } from "react-router";
import { cancelBacktest, deleteBacktest, isOver } from "@/api/backtests";
import type { Summary } from "@/api/backtestTypes";
import { keys } from "@/api/keys";
import { useMay } from "@/api/me";
import { Sparkline } from "@/components/chart/Sparkline";
import { ConfirmButton } from "@/components/ConfirmButton";
import { type Column, DataTable } from "@/components/DataTable";
import { tellProblem } from "@/components/notices";
import { StatusBadge } from "@/components/StatusBadge";
import { lookOf } from "@/components/status";
import { When } from "@/components/When";
import { number } from "@/format/number";
import classes from "@/pages/backtests/BacktestTable.module.css";
import { shown, signIn, valueOf } from "@/pages/backtests/figures";
import { ProgressLine } from "@/pages/backtests/ProgressLine";
import { worthTelling } from "@/pages/backtests/telling";
import { backtestAddress, kindWords, marketOf, nameOf, periodOf } from "@/pages/backtests/words";

interface Props {
  backtests: readonly Summary[];
  /** Those to compare. */
  picked: readonly string[];
  onPick: (id: string) => void;
  isLoading?: boolean;
  onMore?: (() => void) | null;
  isLoadingMore?: boolean;
}

export function BacktestTable({ backtests, picked, onPick, ...rest }: Props) {
  const mayTest = useMay("editor");
  return (
    <DataTable
      label="Backtests"
      columns={columnsOf(picked, onPick, mayTest)}
      rows={backtests}
      keyOf={({ id }) => id}
      toneOf={({ state }) => lookOf(state).tone}
      {...rest}
    />
  );
}

function columnsOf(picked: readonly string[], onPick: (id: string) => void, mayTest: boolean): Column<Summary>[] {
  const figure = (name: string) => (one: Summary) => {
    const value = valueOf(worthTelling(one), name);
    return (
      <span className={classes.figure} data-sign={signIn(name, value)}>
        {shown(name, value)}
      </span>
    );
  };
  return [
    { id: "what", title: "Backtest", grow: true, cell: whatCell },
    { id: "kind", title: "Kind", secondary: 2, cell: kindCell },
    { id: "course", title: "Course", secondary: 1, cell: courseCell },
    { id: "return", title: "Return", align: "end", named: true, cell: figure("total_return") },
    { id: "sharpe", title: "Sharpe", align: "end", named: true, cell: figure("sharpe") },
    { id: "state", title: "State", cell: (one) => (isOver(one) ? <StatusBadge status={one.state} /> : <ProgressLine of={one} />) },
    { id: "at", title: "Started", align: "end", cell: (one) => <When at={one.created_at} /> },
    {
      id: "do",
      title: "Compare",
      align: "end",
      cell: (one) => (
        <span className={classes.tools}>
          {mayTest && <Remove one={one} />}
          {one.state === "completed" && (
            <Checkbox
              size="xs"
              className={classes.pick ?? ""}
              aria-label={`Compare ${nameOf(one)}, ${one.id}`}
              checked={picked.includes(one.id)}
              onChange={() => onPick(one.id)}
            />
          )}
        </span>
      ),
    },
  ];
}

function whatCell(one: Summary) {
  return (
    <span className={classes.what}>
      <Link to={backtestAddress(one.id)} className={classes.name} title={one.id}>
        {nameOf(one)}
      </Link>
      <span className={classes.detail}>
        {one.error ? <span className={classes.error}>{one.error.message}</span> : [marketOf({ ...one, bars: null }), one.begins === null ? "" : periodOf(one)].filter((part) => part !== "").join(" · ")}
      </span>
    </span>
  );
}

function courseCell({ spark, id }: Summary) {
  const [first = 0] = spark;
  return spark.length > 1 ? (
    <span className={classes.course}>
      <Sparkline values={spark.map((value) => value - first)} label={`The course of ${id}`} />
    </span>
  ) : null;
}

function kindCell({ kind, variants }: Summary) {
  return variants > 1 ? `${kindWords(kind)}, ${number(variants)}` : kindWords(kind);
}

function Remove({ one }: { one: Summary }) {
  const client = useQueryClient();
  const again = () => client.invalidateQueries({ queryKey: keys.backtests.all });
  if (!isOver(one)) {
    return (
      <Button
        size="xs"
        variant="subtle"
        color="gray"
        aria-label={`Cancel ${nameOf(one)}, ${one.id}`}
        onClick={() => void cancelBacktest(one.id).then(again).catch(tellProblem)}
      >
        Cancel
      </Button>
    );
  }
  return (
    <ConfirmButton of={`${nameOf(one)}, ${one.id}`} question="Gone for good." onConfirm={() => deleteBacktest(one.id).then(again)}>
      Delete
    </ConfirmButton>
  );
}
