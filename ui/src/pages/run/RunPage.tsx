// One run: its graph as it stands or stood, when what happened, and what can be done about it.
import { useMediaQuery } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { Link, useParams } from "react-router";
import { catalogueQuery } from "@/api/nodeTypes";
import { toProblem } from "@/api/problem";
import type { Run } from "@/api/run";
import { definitionOf } from "@/api/versions";
import { drawSheet } from "@/components/graph/sheet";
import { EmptyState } from "@/components/EmptyState";
import { Lines } from "@/components/Loaded";
import { Page } from "@/components/Page";
import { PageHeader } from "@/components/PageHeader";
import { ProblemNotice } from "@/components/ProblemNotice";
import { openDefinition } from "@/model/document";
import { nodesByPath } from "@/model/path";
import { nodeTitle } from "@/model/workflow";
import { Desk } from "@/pages/run/Desk";
import { Phone } from "@/pages/run/Phone";
import { useRecord } from "@/record/useRecord";
import type { Shown } from "@/pages/run/shown";

export default function RunPage() {
  const { run = "" } = useParams();
  return <RunOf key={run} id={run} />;
}

function RunOf({ id }: { id: string }) {
  const record = useRecord(id);
  const { query } = record;
  if (query.data !== undefined) return <Loaded record={record} run={query.data} />;
  if (query.error !== null && toProblem(query.error).status === 404) {
    return (
      <Page>
        <PageHeader title="Run" />
        <EmptyState title="There is no such run" action={<Link to="/runs">All runs</Link>}>
          It may have been removed when its time was over, or it is not yours to see.
        </EmptyState>
      </Page>
    );
  }
  return (
    <Page>
      <PageHeader title="Run" />
      {query.error === null ? <Lines count={6} /> : <ProblemNotice error={query.error} onRetry={() => void query.refetch()} />}
    </Page>
  );
}

function Loaded({ record, run }: { record: ReturnType<typeof useRecord>; run: Run }) {
  const isPhone = useMediaQuery("(max-width: 48em)", false, { getInitialValueInEffect: false });
  const definition = useQuery(definitionOf(run.workflow, run.version, run.version));
  const catalogue = useQuery(catalogueQuery);
  const opened = useMemo(() => (definition.data === undefined ? undefined : openDefinition(definition.data)), [definition.data]);
  const workflow = opened?.ok === true ? opened.value.workflow : undefined;
  const sheet = useMemo(
    () => (workflow === undefined || catalogue.data === undefined ? undefined : drawSheet(workflow, catalogue.data)),
    [workflow, catalogue.data],
  );
  const titleOf = useMemo(() => {
    const nodes = workflow && nodesByPath(workflow);
    return (path: string): string => {
      const node = nodes?.get(path);
      return node === undefined ? path : nodeTitle(node);
    };
  }, [workflow]);
  const trouble = definition.error ?? catalogue.error ?? null;
  const shown: Shown = { record, run, workflow, sheet, titleOf, trouble };
  return isPhone ? <Phone {...shown} /> : <Desk {...shown} />;
}
