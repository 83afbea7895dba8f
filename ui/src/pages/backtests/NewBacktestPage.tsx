// A new backtest: what is tested, over which bars, with which account, and what is to come of it.
import { Button, Select, TextInput } from "@mantine/core";
import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { Link, useNavigate, useSearchParams } from "react-router";
import { backtestOne, startBacktest } from "@/api/backtests";
import type { StartBacktest } from "@/api/backtestTypes";
import { barsList } from "@/api/bars";
import { keys } from "@/api/keys";
import { useMay } from "@/api/me";
import { catalogueQuery } from "@/api/nodeTypes";
import { allItems } from "@/api/paging";
import { type Issue, toProblem } from "@/api/problem";
import { definitionOf, versionList } from "@/api/versions";
import { workflowList } from "@/api/workflows";
import { EmptyState } from "@/components/EmptyState";
import { Lines } from "@/components/Loaded";
import { GraphMiniature } from "@/components/Miniature";
import { Page } from "@/components/Page";
import { PageHeader } from "@/components/PageHeader";
import { Panel } from "@/components/Panel";
import { ProblemNotice } from "@/components/ProblemNotice";
import { NODE_WIDGETS } from "@/form/nodeWidgets";
import type { Schema } from "@/form/schema";
import { SchemaForm } from "@/form/SchemaForm";
import { errorAt } from "@/form/widget";
import { counted } from "@/format/number";
import { load } from "@/model/document";
import { inputSchemas } from "@/model/workflow";
import { AccountFields } from "@/pages/backtests/new/AccountFields";
import { BarsField } from "@/pages/backtests/new/BarsField";
import { ANY, type BacktestForm, formFrom, KEPT, newForm, placed, readForm } from "@/pages/backtests/new/form";
import { marketFor, onlySymbol, symbolsOf, timeframeOf } from "@/pages/backtests/new/markets";
import { MoreBars } from "@/pages/backtests/new/MoreBars";
import classes from "@/pages/backtests/new/New.module.css";
import { ParameterRows } from "@/pages/backtests/new/ParameterRows";
import { parametersOf } from "@/pages/backtests/new/parameters";
import { KindField, SearchFields } from "@/pages/backtests/new/SearchFields";
import { backtestAddress, KIND_WORDS } from "@/pages/backtests/words";

export default function NewBacktestPage() {
  const [query] = useSearchParams();
  const from = query.get("from");
  const mayTest = useMay("editor");
  const before = useQuery({ ...backtestOne(from ?? ""), enabled: from !== null });
  if (!mayTest) {
    return (
      <Page>
        <PageHeader title="New backtest" />
        <EmptyState title="You may look at backtests, not start them" action={<Link to="/backtests">All backtests</Link>}>
          An editor may.
        </EmptyState>
      </Page>
    );
  }
  if (from !== null && before.isPending) {
    return (
      <Page>
        <PageHeader title="New backtest" />
        <Lines count={8} />
      </Page>
    );
  }
  const start = before.data === undefined ? newForm(query.get("workflow") ?? "", query.get("version") ?? "latest") : formFrom(before.data);
  return <New key={from} start={start} graph={before.data?.request.graph} />;
}

function New({ start, graph: given }: { start: BacktestForm; graph: unknown }) {
  const client = useQueryClient();
  const navigate = useNavigate();
  const [form, setForm] = useState(start);
  const [isAsked, setAsked] = useState(false);
  const change = (changed: Partial<BacktestForm>) => setForm((before) => ({ ...before, ...changed }));
  const bars = useQuery(barsList);
  const catalogue = useQuery(catalogueQuery);
  const isDraft = form.version === "draft" || form.version === KEPT;
  const kept = form.version === KEPT ? given : undefined;
  const definition = useQuery({ ...definitionOf(form.workflow, form.version), enabled: form.workflow !== "" && kept === undefined });
  const graph = kept ?? definition.data?.graph;
  const workflow = useMemo(() => {
    const loaded = graph === undefined ? undefined : load(graph, form.workflow);
    return loaded?.ok === true ? loaded.value : undefined;
  }, [graph, form.workflow]);
  const parameters = useMemo(() => (workflow === undefined || catalogue.data === undefined ? [] : parametersOf(workflow, catalogue.data)), [workflow, catalogue.data]);
  const symbols = useMemo(() => (workflow === undefined ? [ANY] : symbolsOf(workflow)), [workflow]);
  const market = workflow === undefined ? null : onlySymbol(workflow);
  const timeframe = workflow === undefined ? null : timeframeOf(workflow);
  const properties = workflow === undefined ? {} : inputSchemas(workflow);
  const sources = symbols.length === 1 && form.sources[symbols[0] ?? ANY] === undefined ? { [symbols[0] ?? ANY]: Object.values(form.sources)[0] ?? "" } : form.sources;
  const read = readForm({ ...form, sources }, symbols, parameters, isDraft ? graph : undefined);
  const sending = useMutation({
    mutationFn: (body: StartBacktest) => startBacktest(body),
    onSuccess: async ({ id }) => {
      await client.invalidateQueries({ queryKey: keys.backtests.lists });
      await navigate(backtestAddress(id));
    },
  });
  const issues: readonly Issue[] = !read.ok ? (isAsked ? read.issues : []) : sending.error === null ? [] : placed(toProblem(sending.error).issues, form, read.body);
  const begin = (event: React.FormEvent) => {
    event.preventDefault();
    setAsked(true);
    if (read.ok && !sending.isPending) sending.mutate(read.body);
  };
  return (
    <Page>
      <PageHeader title="New backtest" description="The graph that trades is the graph that is tested: with the same orders, limits and fees, over bars that have been." />
      <form className={classes.form} onSubmit={begin} noValidate>
        <div className={classes.parts}>
          <Panel title="What is tested">
            <div className={classes.fields}>
              <WhatFields form={form} onChange={(changed) => change({ ...changed, rows: [], input: {} })} issues={issues} />
              {definition.error !== null && <ProblemNotice error={definition.error} />}
              {Object.keys(properties).length > 0 && (
                <div className={classes.inputs}>
                  <SchemaForm schema={{ type: "object", properties } as Schema} value={form.input} onChange={(input) => change({ input })} issues={issues} path="input" widgets={NODE_WIDGETS} />
                </div>
              )}
            </div>
          </Panel>
          <Panel title="Over which bars">
            <div className={classes.fields}>
              {symbols.map((symbol, at) => (
                <BarsField
                  key={symbol}
                  label={symbol === ANY ? "Bars" : `Bars of ${symbol}`}
                  bars={bars.data ?? []}
                  symbol={symbol === ANY ? market : symbol}
                  timeframe={timeframe}
                  value={sources[symbol] ?? ""}
                  onChange={(source) => change({ sources: { ...sources, [symbol]: source } })}
                  error={errorAt(issues, `data[${at}].source`)}
                />
              ))}
              <MoreBars key={market ?? symbols[0]} symbol={market ?? (symbols[0] === ANY ? null : (symbols[0] ?? null))} timeframe={timeframe} onBars={(name) => change({ sources: { ...sources, [marketFor(name, symbols, sources)]: name } })} />
              <div className={classes.pair}>
                <TextInput label="From" type="date" value={form.since} onChange={(event) => change({ since: event.currentTarget.value })} error={errorAt(issues, "since")} />
                <TextInput label="To" type="date" value={form.until} onChange={(event) => change({ until: event.currentTarget.value })} error={errorAt(issues, "until")} />
              </div>
            </div>
          </Panel>
          <Panel title="With which account">
            <AccountFields form={form} onChange={change} issues={issues} />
          </Panel>
          <Panel title="What is to come of it">
            <div className={classes.fields}>
              <KindField form={form} onChange={change} issues={issues} />
              <SearchFields form={form} onChange={change} issues={issues} />
              <ParameterRows parameters={parameters} rows={form.rows} onChange={(rows) => change({ rows })} issues={issues} />
              {errorAt(issues, "sweep.parameters") !== null && (
                <p className={classes.wrong} role="alert">
                  {errorAt(issues, "sweep.parameters")}
                </p>
              )}
            </div>
          </Panel>
        </div>
        <div className={classes.beside}>
          <Panel title={workflow?.title ?? (form.workflow === "" ? "No workflow yet" : form.workflow)} flush>
            {graph !== undefined && (
              <div className={classes.picture}>
                <GraphMiniature graph={graph} />
              </div>
            )}
            <p className={classes.told}>{toldOf(form, read.ok ? read.variants : 1)}</p>
          </Panel>
          {sending.error !== null && <ProblemNotice error={sending.error} />}
          {!read.ok && isAsked && (
            <p className={classes.wrong} role="alert">
              {counted(read.issues.length, "field")} to mend first.
            </p>
          )}
          <Button type="submit" loading={sending.isPending} fullWidth>
            Start
          </Button>
        </div>
      </form>
    </Page>
  );
}

function toldOf({ kind, workflow, version }: BacktestForm, variants: number): string {
  if (workflow === "") return "Choose what is to be tested.";
  const what = version === KEPT ? "The draft as it was then" : version === "draft" ? "The draft as it is now" : version === "latest" ? "The latest version" : "That version";
  const times = kind === "backtest" ? "once" : kind === "monte_carlo" ? "once, and then many courses of it" : `${counted(variants, "variant")}${kind === "walk_forward" ? " in each window" : ""}`;
  return `${KIND_WORDS[kind]}: ${what.toLowerCase()}, ${times}. Nothing is sent anywhere, and nothing is bought.`;
}

interface WhatProps {
  form: BacktestForm;
  onChange: (changed: Partial<BacktestForm>) => void;
  issues: readonly Issue[];
}

function WhatFields({ form, onChange, issues }: WhatProps) {
  const workflows = useQuery(workflowList({ limit: 200 }));
  const versions = useInfiniteQuery({ ...versionList(form.workflow), enabled: form.workflow !== "" });
  const items = workflows.data?.items ?? [];
  const one = items.find(({ name }) => name === form.workflow);
  const names = items.map(({ name, title }) => ({ value: name, label: title ?? name }));
  const isPublished = typeof one?.version === "number";
  const known = allItems(versions.data?.pages).map(({ version, digest, note }) => ({ value: digest, label: `v${version}${note ? ` · ${note}` : ""}` }));
  const choices = [
    ...(isPublished || one === undefined ? [{ value: "latest", label: "The latest version" }] : []),
    ...(one === undefined || typeof one.draft === "number" || form.version === "draft" || form.version === KEPT ? [{ value: "draft", label: "The draft" }] : []),
    ...(form.version === KEPT ? [{ value: KEPT, label: "The draft as it was tested" }] : []),
    ...known,
  ];
  const isKnown = choices.some(({ value }) => value === form.version);
  const choose = (name: string | null) => {
    const next = items.find((item) => item.name === name);
    if (name !== null) onChange({ workflow: name, version: typeof next?.version === "number" ? "latest" : "draft" });
  };
  return (
    <div className={classes.pair}>
      <Select
        label="Workflow"
        placeholder="Which"
        required
        data={form.workflow === "" || one !== undefined ? names : [...names, { value: form.workflow, label: form.workflow }]}
        value={form.workflow === "" ? null : form.workflow}
        onChange={choose}
        searchable
        allowDeselect={false}
        error={errorAt(issues, "workflow")}
      />
      <Select
        label="Version"
        data={isKnown ? choices : [...choices, { value: form.version, label: form.version }]}
        value={form.version}
        disabled={form.workflow === ""}
        allowDeselect={false}
        onChange={(version) => version !== null && onChange({ version })}
        error={errorAt(issues, "version")}
      />
    </div>
  );
}
