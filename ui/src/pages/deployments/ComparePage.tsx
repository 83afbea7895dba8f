// Two deployments side by side: what is different, and how sure that is.
import { Select } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { ArrowLeftRight } from "lucide-react";
import { useNavigate, useParams, useSearchParams } from "react-router";
import { type Comparison, comparisonOf, deploymentList, type Measure } from "@/api/deployments";
import { type Column, DataTable } from "@/components/DataTable";
import { EmptyState } from "@/components/EmptyState";
import { Loaded } from "@/components/Loaded";
import { Page } from "@/components/Page";
import { PageHeader } from "@/components/PageHeader";
import { counted, number, share } from "@/format/number";
import { compareAddress } from "@/pages/deployments/address";
import classes from "@/pages/deployments/ComparePage.module.css";
import { differed, isJudged, measured } from "@/pages/deployments/figures";

export default function ComparePage() {
  const { name: a = "" } = useParams();
  const [query] = useSearchParams();
  const b = query.get("with");
  const navigate = useNavigate();
  const list = useQuery(deploymentList({ limit: 200 }));
  const names = (list.data?.items ?? []).map(({ name }) => name);
  const choose = (one: string, other: string | null) => void navigate(compareAddress(one, other ?? undefined), { replace: true });
  const options = (chosen: string | null, other: string | null) =>
    [...new Set([...names, ...(chosen === null ? [] : [chosen])])].filter((name) => name !== other);
  return (
    <Page>
      <PageHeader
        title="Compare deployments"
        description="Where both ran on the same trigger, those runs are compared in pairs."
      >
        <div className={classes.choice}>
          <Select label="A" data={options(a, b)} value={a} searchable allowDeselect={false} onChange={(name) => name !== null && choose(name, b)} />
          <ArrowLeftRight size={16} aria-hidden="true" className={classes.between ?? ""} />
          <Select
            label="B"
            placeholder="Another"
            data={options(b, a)}
            value={b}
            searchable
            allowDeselect={false}
            onChange={(name) => choose(a, name)}
          />
        </div>
      </PageHeader>
      {b === null ? (
        <EmptyState title={`Compare ${a} with which other?`}>
          Clone one, change what you want to try, and let both run: here is what came of it.
        </EmptyState>
      ) : (
        <Compared a={a} b={b} />
      )}
    </Page>
  );
}

function Compared({ a, b }: { a: string; b: string }) {
  const query = useQuery(comparisonOf(a, b));
  return <Loaded query={query}>{(comparison) => <Result comparison={comparison} />}</Loaded>;
}

function Result({ comparison }: { comparison: Comparison }) {
  const { deployments, runs, pairs, basis, confidence, measures, remarks } = comparison;
  const [a = "A", b = "B"] = deployments;
  return (
    <div className={classes.result}>
      <p className={classes.basis}>
        {basis === "paired"
          ? `${counted(pairs, "pair")} of runs on the same trigger.`
          : `All runs of both: ${number(runs[0] ?? 0)} of ${a}, ${number(runs[1] ?? 0)} of ${b}.`}{" "}
        Intervals hold with {share(confidence)} confidence.
      </p>
      {measures.length > 0 && (
        <DataTable label={`${a} and ${b}`} columns={columnsOf(a, b)} rows={measures} keyOf={({ name }) => name} />
      )}
      {remarks.length > 0 && (
        <ul className={classes.remarks} aria-label="Remarks">
          {remarks.map((remark) => (
            <li key={remark}>{remark.replaceAll("`", "")}</li>
          ))}
        </ul>
      )}
    </div>
  );
}

function columnsOf(a: string, b: string): Column<Measure>[] {
  return [
    { id: "name", title: "Measure", grow: true, cell: nameCell },
    { id: "a", title: a, align: "end", named: true, cell: (measure) => measured(measure, measure.first) },
    { id: "b", title: b, align: "end", named: true, cell: (measure) => measured(measure, measure.second) },
    { id: "difference", title: "Difference", align: "end", named: true, cell: (measure) => differed(measure, measure.difference) },
    { id: "interval", title: "Interval", align: "end", named: true, cell: intervalOf },
    { id: "verdict", title: "Verdict", align: "end", cell: verdictCell },
  ];
}

function nameCell({ name }: Measure) {
  return <strong className={classes.name}>{`${name.charAt(0).toUpperCase()}${name.slice(1).replace(", ms", "")}`}</strong>;
}

function intervalOf(measure: Measure): string {
  const { interval } = measure;
  return interval === null ? "–" : `${differed(measure, interval.low)} to ${differed(measure, interval.high)}`;
}

function verdictCell(measure: Measure) {
  const { interval, differs } = measure;
  if (interval === null) return isJudged(measure) ? "Too few to tell" : "–";
  return (
    <span className={classes.verdict} data-differs={differs || undefined}>
      {differs ? "Differs" : "May be chance"}
    </span>
  );
}
