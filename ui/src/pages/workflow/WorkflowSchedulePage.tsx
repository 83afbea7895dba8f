// When the deployments of one workflow run by time.
import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "react-router";
import { deploymentList } from "@/api/deployments";
import { allSchedules, type Schedule } from "@/api/scheduleList";
import { type Column, DataTable } from "@/components/DataTable";
import { EmptyState } from "@/components/EmptyState";
import { Loaded } from "@/components/Loaded";
import { Page } from "@/components/Page";
import { StatusBadge } from "@/components/StatusBadge";
import { When } from "@/components/When";
import { usePolling } from "@/live/useFreshCache";
import { WorkflowHeader } from "@/pages/workflow/WorkflowHeader";

const COLUMNS: readonly Column<Schedule>[] = [
  {
    id: "deployment",
    title: "Deployment",
    cell: ({ deployment }) => <Link to={`/deployments/${encodeURIComponent(deployment)}`}>{deployment}</Link>,
  },
  { id: "when", title: "When", grow: true, cell: ({ when, problem }) => problem ?? when },
  { id: "zone", title: "Zone", secondary: 1, cell: ({ timezone }) => timezone },
  { id: "status", title: "Status", cell: ({ status }) => <StatusBadge status={status} /> },
  { id: "last", title: "Last", align: "end", secondary: 1, cell: ({ last_fired_at }) => (last_fired_at ? <When at={last_fired_at} /> : "–") },
  { id: "next", title: "Next", align: "end", cell: ({ next_at }) => (next_at ? <When at={next_at} /> : "–") },
];

export default function WorkflowSchedulePage() {
  const { name = "" } = useParams();
  const refetchInterval = usePolling();
  const schedules = useQuery({ ...allSchedules, refetchInterval });
  const deployments = useQuery({ ...deploymentList({ workflow: name, limit: 200 }), refetchInterval });
  const own = new Set((deployments.data?.items ?? []).map((one) => one.name));
  return (
    <Page>
      <WorkflowHeader name={name} tab="schedule" part="Schedule" />
      <Loaded query={deployments}>
        {() => (
          <Loaded query={schedules}>
            {({ items }) => {
              const rows = items.filter(({ deployment }) => own.has(deployment));
              return rows.length === 0 ? (
                <EmptyState title="No deployment of it runs by time">
                  Give the workflow a schedule trigger, or deploy it to run every so often.
                </EmptyState>
              ) : (
                <DataTable label="Schedules" columns={COLUMNS} rows={rows} keyOf={(one) => one.name} />
              );
            }}
          </Loaded>
        )}
      </Loaded>
    </Page>
  );
}
