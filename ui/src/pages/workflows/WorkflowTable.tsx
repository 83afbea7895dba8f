// Workflows as rows.
import { Link } from "react-router";
import type { Workflow } from "@/api/workflows";
import { type Column, DataTable } from "@/components/DataTable";
import { StatusBadge } from "@/components/StatusBadge";
import { When } from "@/components/When";
import { counted } from "@/format/number";
import { versionWords } from "@/pages/workflows/library";
import { OwnerBadge } from "@/pages/workflows/OwnerBadge";
import { WorkflowMenu } from "@/pages/workflows/WorkflowMenu";
import classes from "@/pages/workflows/WorkflowTable.module.css";

const COLUMNS: readonly Column<Workflow>[] = [
  {
    id: "workflow",
    title: "Workflow",
    grow: true,
    cell: (workflow) => (
      <>
        <Link to={`/w/${encodeURIComponent(workflow.name)}`} className={classes.title}>
          {workflow.title ?? workflow.name}
        </Link>
        <span className={classes.description}>{workflow.description ?? workflow.name}</span>
      </>
    ),
  },
  {
    id: "run",
    title: "Last run",
    cell: ({ last_run }) =>
      last_run ? (
        <span className={classes.run}>
          <StatusBadge status={last_run.status} /> <When at={last_run.started_at} />
        </span>
      ) : (
        <span className={classes.faint}>Never run</span>
      ),
  },
  {
    id: "deployments",
    title: "Deployments",
    secondary: 2,
    cell: ({ deployments = [] }) => (deployments.length === 0 ? "" : counted(deployments.length, "deployment")),
  },
  { id: "version", title: "Version", secondary: 2, cell: (workflow) => versionWords(workflow) },
  { id: "owner", title: "Owner", secondary: 1, cell: (workflow) => <OwnerBadge owner={workflow.owner} /> },
  { id: "changed", title: "Changed", align: "end", secondary: 1, cell: (workflow) => <When at={workflow.updated_at} /> },
  {
    id: "menu",
    title: "Actions",
    align: "end",
    cell: (workflow) => (
      <span className={classes.menu}>
        <WorkflowMenu workflow={workflow} />
      </span>
    ),
  },
];

interface Props {
  workflows: readonly Workflow[];
  isLoading: boolean;
  onMore: (() => void) | null;
  isLoadingMore: boolean;
}

export function WorkflowTable({ workflows, ...rest }: Props) {
  return <DataTable label="Workflows" columns={COLUMNS} rows={workflows} keyOf={(one) => one.name} {...rest} />;
}
