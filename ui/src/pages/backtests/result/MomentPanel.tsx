// The graph as it stood at a bar, with values on the wires; the node that is chosen shows what came in and went out.
import { ActionIcon } from "@mantine/core";
import { useCallbackRef } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { ChevronLeft, ChevronRight, X } from "lucide-react";
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { useActions } from "@/actions/useActions";
import { valuesAt } from "@/api/backtests";
import type { Detail, ValuesAt } from "@/api/backtestTypes";
import { catalogueQuery } from "@/api/nodeTypes";
import { Faces } from "@/components/graph/faces";
import { GraphView } from "@/components/graph/GraphView";
import { drawSheet, type Sheet } from "@/components/graph/sheet";
import { Lines } from "@/components/Loaded";
import { Panel } from "@/components/Panel";
import { ProblemNotice } from "@/components/ProblemNotice";
import { ValueView } from "@/components/values/ValueView";
import { wholeTime } from "@/format/time";
import { load } from "@/model/document";
import { cameInto, facesAt } from "@/pages/backtests/result/faces";
import classes from "@/pages/backtests/result/MomentPanel.module.css";

interface Props {
  of: Detail;
  moment: number;
  onMoment: (moment: number | null) => void;
  /** The node that is chosen. */
  node: string | null;
  onNode: (node: string | null) => void;
}

export default function MomentPanel({ of, moment, onMoment, node, onNode }: Props) {
  const query = useQuery(valuesAt(of.id, new Date(moment).toISOString()));
  const catalogue = useQuery(catalogueQuery);
  const sheet = useMemo(() => {
    const loaded = load(of.graph, of.workflow);
    return loaded.ok && catalogue.data !== undefined ? drawSheet(loaded.value, catalogue.data) : undefined;
  }, [of.graph, of.workflow, catalogue.data]);
  const { before = null, after = null } = query.data ?? {};
  const step = useSteps(query.isPlaceholderData || query.data === undefined ? null : query.data, onMoment);
  useStepActions(before, after, step);
  // Of very many runs those are kept that ordered something.
  const isOlder = query.data !== undefined && !query.isPlaceholderData && query.data.at < moment;
  return (
    <Panel
      title="The graph as it stood"
      aside={query.data && `${wholeTime(new Date(query.data.at))}${isOlder ? ", the last run before it that was kept" : ""}`}
      flush
      action={
        <span className={classes.tools}>
          <ActionIcon aria-label="Run before" title="Run before  [" disabled={before === null} onClick={() => step(-1)}>
            <ChevronLeft size={16} />
          </ActionIcon>
          <ActionIcon aria-label="Run after" title="Run after  ]" disabled={after === null} onClick={() => step(1)}>
            <ChevronRight size={16} />
          </ActionIcon>
          <ActionIcon aria-label="Close the graph" onClick={() => onMoment(null)}>
            <X size={16} />
          </ActionIcon>
        </span>
      }
    >
      {query.error !== null ? (
        <ProblemNotice error={query.error} onRetry={() => void query.refetch()} />
      ) : query.data === undefined || sheet === undefined ? (
        <div className={classes.wait}>
          <Lines count={6} />
        </div>
      ) : (
        <Stood sheet={sheet} values={query.data} node={node} onNode={onNode} />
      )}
    </Panel>
  );
}

/** One run on or back. Where the next one is has to be read: steps that come quicker than that are done then. */
function useSteps(values: ValuesAt | null, onMoment: (moment: number) => void): (way: 1 | -1) => void {
  const left = useRef(0);
  const used = useRef<ValuesAt | null>(null);
  const goOn = useCallbackRef(() => {
    if (values === null || values === used.current || left.current === 0) return;
    const next = left.current > 0 ? values.after : values.before;
    left.current = next === null ? 0 : left.current - Math.sign(left.current);
    if (next === null) return;
    used.current = values;
    onMoment(next);
  });
  useEffect(() => {
    if (values === null) return;
    used.current = null;
    goOn();
  }, [values, goOn]);
  return useCallback(
    (way) => {
      left.current += way;
      goOn();
    },
    [goOn],
  );
}

function useStepActions(before: number | null, after: number | null, step: (way: 1 | -1) => void): void {
  useActions(
    useMemo(
      () => [
        {
          id: "backtest.before",
          title: "The run before",
          section: "Backtest",
          keys: "[",
          refusal: before === null ? "It is the first." : null,
          run: () => step(-1),
        },
        {
          id: "backtest.after",
          title: "The run after",
          section: "Backtest",
          keys: "]",
          refusal: after === null ? "It is the last." : null,
          run: () => step(1),
        },
      ],
      [before, after, step],
    ),
  );
}

interface StoodProps {
  sheet: Sheet;
  values: ValuesAt;
  node: string | null;
  onNode: (node: string | null) => void;
}

function Stood({ sheet, values, node, onNode }: StoodProps) {
  const [faces] = useState(() => new Faces());
  useEffect(() => faces.set(facesAt(values, sheet.nodes)), [faces, values, sheet]);
  const chosen = sheet.nodes.find(({ path }) => path === node);
  return (
    <div className={classes.stood}>
      <div className={classes.graph}>
        <GraphView sheet={sheet} faces={faces} selected={chosen?.path ?? null} onSelect={onNode} isPast isInPage />
      </div>
      {chosen !== undefined && (
        <aside className={classes.side} aria-label={`Values of ${chosen.title}`}>
          <h3>{chosen.title}</h3>
          <Values path={chosen.path} sheet={sheet} values={values} />
        </aside>
      )}
    </div>
  );
}

function Values({ path, sheet, values }: { path: string; sheet: Sheet; values: ValuesAt }) {
  const came = cameInto(path, sheet.wires, values);
  const gave = Object.entries(values.nodes[path] ?? {});
  return (
    <>
      {came.length > 0 && <h4>Came in</h4>}
      {came.map(({ port, from, value }) =>
        value === undefined ? (
          <p key={`${port} ${from}`} className={classes.quiet}>
            <code>{port}</code>: nothing came from {from}.
          </p>
        ) : (
          <ValueView key={`${port} ${from}`} label={port} detail={`from ${from}`} value={value} />
        ),
      )}
      <h4>Went out</h4>
      {gave.length === 0 && <p className={classes.quiet}>It was not reached in this run.</p>}
      {gave.map(([port, value]) => (
        <ValueView key={port} label={port} value={value} />
      ))}
    </>
  );
}
