// What is different between two versions: on the canvas, and by node and field beside it.
import { Button, Select } from "@mantine/core";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { ArrowRight } from "lucide-react";
import { useMemo, useState } from "react";
import { Navigate, useNavigate, useParams } from "react-router";
import { workflowOne } from "@/api/library";
import { useLeave } from "@/api/levels";
import { catalogueQuery } from "@/api/nodeTypes";
import { allItems } from "@/api/paging";
import { definitionOf, versionList, type WorkflowDefinition, type WorkflowVersion } from "@/api/versions";
import { Allowed } from "@/components/Allowed";
import { EmptyState } from "@/components/EmptyState";
import { Lines } from "@/components/Loaded";
import { Page } from "@/components/Page";
import { ProblemNotice } from "@/components/ProblemNotice";
import type { Catalogue } from "@/model/catalogue";
import { compareWorkflows } from "@/model/diff";
import { load } from "@/model/document";
import { drawDifference } from "@/model/drawing";
import { ChangeList } from "@/pages/versions/ChangeList";
import { DiffGraph } from "@/pages/versions/DiffGraph";
import classes from "@/pages/versions/DiffPage.module.css";
import { RollBackDialog } from "@/pages/versions/RollBackDialog";
import { diffAddress, readRange, versionTitle } from "@/pages/versions/versions";
import { WorkflowHeader } from "@/pages/workflow/WorkflowHeader";
import { tabAddress } from "@/pages/workflow/WorkflowTabs";

export default function DiffPage() {
  const { name = "", range: text = "" } = useParams();
  const range = readRange(text);
  const navigate = useNavigate();
  const leave = useLeave(name, "edit");
  const workflow = useQuery(workflowOne(name));
  const pages = useInfiniteQuery(versionList(name));
  const [target, setTarget] = useState<WorkflowVersion | null>(null);
  const versions = allItems(pages.data?.pages);
  if (range === null) return <Navigate to={tabAddress(name, "versions")} replace />;
  const choices = [
    ...(typeof workflow.data?.draft === "number" ? ["draft"] : []),
    ...versions.map((one) => String(one.version)),
  ];
  const data = [...new Set([...choices, range.before, range.after])].map((value) => ({ value, label: versionTitle(value) }));
  const go = (before: string, after: string) => void navigate(diffAddress(name, before, after), { replace: true });
  const before = versions.find((one) => String(one.version) === range.before);
  return (
    <Page>
      <WorkflowHeader
        name={name}
        tab="versions"
        part="Changes"
        actions={
          leave.isOffered &&
          before !== undefined &&
          !before.is_latest && (
            <Allowed refusal={leave.refusal}>
              <Button variant="default" onClick={() => setTarget(before)}>
                Roll back to version {before.version}
              </Button>
            </Allowed>
          )
        }
      >
        <div className={classes.choice}>
          <Select
            className={classes.version ?? ""}
            aria-label="Before"
            data={data}
            value={range.before}
            allowDeselect={false}
            onChange={(one) => one !== null && go(one, range.after)}
          />
          <ArrowRight size={16} className={classes.arrow ?? ""} aria-hidden="true" />
          <Select
            className={classes.version ?? ""}
            aria-label="After"
            data={data}
            value={range.after}
            allowDeselect={false}
            onChange={(one) => one !== null && go(range.before, one)}
          />
          <Note version={versions.find((one) => String(one.version) === range.after)} />
        </div>
      </WorkflowHeader>
      <Content name={name} {...range} />
      {target !== null && <RollBackDialog version={target} onClose={() => setTarget(null)} />}
    </Page>
  );
}

function Note({ version }: { version: WorkflowVersion | undefined }) {
  if (!version?.note) return null;
  return (
    <p className={classes.note}>
      “{version.note}” {version.author !== null && `— ${version.author}`}
    </p>
  );
}

function Content({ name, before, after }: { name: string; before: string; after: string }) {
  const one = useQuery(definitionOf(name, before));
  const other = useQuery(definitionOf(name, after));
  const types = useQuery(catalogueQuery);
  const error = one.error ?? other.error ?? types.error;
  if (error !== null) return <ProblemNotice error={error} />;
  if (one.data === undefined || other.data === undefined || types.data === undefined) return <Lines count={6} />;
  return <Difference before={one.data} after={other.data} catalogue={types.data} />;
}

interface DifferenceProps {
  before: WorkflowDefinition;
  after: WorkflowDefinition;
  catalogue: Catalogue;
}

function Difference({ before, after, catalogue }: DifferenceProps) {
  const [chosen, setChosen] = useState<string | null>(null);
  const found = useMemo(() => {
    const [one, other] = [load(before.graph, before.workflow), load(after.graph, after.workflow)];
    if (!one.ok) return one;
    if (!other.ok) return other;
    const difference = compareWorkflows(one.value, other.value);
    return { ok: true as const, difference, drawing: drawDifference(one.value, other.value, difference, catalogue) };
  }, [before, after, catalogue]);
  if (!found.ok) return <EmptyState title="One of them cannot be drawn">{`${found.reason} ${found.remedy ?? ""}`}</EmptyState>;
  const { difference, drawing } = found;
  const isSame = difference.nodes.length + difference.connections.length + difference.fields.length === 0;
  if (isSame) return <EmptyState title="They say the same">Not even the looks are different.</EmptyState>;
  return (
    <div className={classes.columns}>
      <DiffGraph drawing={drawing} chosen={chosen} onChoose={setChosen} />
      <ChangeList difference={difference} drawing={drawing} chosen={chosen} onChoose={setChosen} />
    </div>
  );
}
