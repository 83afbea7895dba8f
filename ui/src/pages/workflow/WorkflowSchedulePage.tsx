// When the deployments of one workflow run by themselves: by time, or told of things as they happen.
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
import { Listening } from "@/pages/schedules/Listening";
import { usePolling } from "@/live/useFreshCache";
import { WorkflowHeader } from "@/pages/workflow/WorkflowHeader";

const COLUMNS: readonly Column<Schedule>[] = [
  {
    id: "deployment",
    title: "Deployment",
    cell: ({ deployment }) => <Link to={`/deployments/${encodeURIComponent(deployment)}`}>{deployment}</Link>,
  },
  { id: "when", title: "When", grow: true, cell: ({ when, problem }) => problem ?? when },
  { id: "zone", title: "Zone", secondary: 1, cell: ({ timezone, listening }) => (listening ? "–" : timezone) },
  { id: "status", title: "Status", cell: ({ status }) => <StatusBadge status={status} /> },
  { id: "last", title: "Last", align: "end", secondary: 1, cell: ({ last_fired_at }) => (last_fired_at ? <When at={last_fired_at} /> : "–") },
  {
    id: "next",
    title: "Next",
    align: "end",
    cell: (one) => (one.listening ? <Listening schedule={one} /> : one.next_at ? <When at={one.next_at} /> : "–"),
  },
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
                <EmptyState title="No deployment of it starts by itself">
                  Give the workflow a trigger: a schedule, a price, a stream. Or deploy it to run every so often.
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
