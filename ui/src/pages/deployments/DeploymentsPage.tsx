// Workflows at work: how each does, live, and what can be done with it.
import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { GitCompareArrows } from "lucide-react";
import { Link, useSearchParams } from "react-router";
import { deploymentList } from "@/api/deployments";
import { useMay } from "@/api/me";
import { EmptyState } from "@/components/EmptyState";
import { CardGrid, LoadingCards } from "@/components/GraphCard";
import { Page } from "@/components/Page";
import { PageHeader } from "@/components/PageHeader";
import { ProblemNotice } from "@/components/ProblemNotice";
import { counted } from "@/format/number";
import { usePolling } from "@/live/useFreshCache";
import { compareAddress } from "@/pages/deployments/address";
import { DeployDrawer } from "@/pages/deployments/DeployDrawer";
import { DeploymentCard } from "@/pages/deployments/DeploymentCard";

export default function DeploymentsPage() {
  const mayEdit = useMay("editor");
  const [query, setQuery] = useSearchParams();
  const list = useQuery({ ...deploymentList({ limit: 200 }), refetchInterval: usePolling() });
  const items = list.data?.items ?? [];
  const [one, other] = items;
  const wanted = query.get("new");
  const openNew = (workflow: string | null) => setQuery(workflow === null ? {} : { new: workflow }, { replace: true });
  return (
    <Page>
      <PageHeader
        title="Deployments"
        description={list.data === undefined ? null : summary(items)}
        actions={
          <>
            {one !== undefined && other !== undefined && (
              <Button component={Link} to={compareAddress(one.name, other.name)} variant="default" leftSection={<GitCompareArrows size={15} />}>
                Compare
              </Button>
            )}
            {mayEdit && <Button onClick={() => openNew("")}>Deploy a workflow</Button>}
          </>
        }
      />
      {list.error !== null && <ProblemNotice error={list.error} onRetry={() => void list.refetch()} />}
      {list.isPending ? (
        <LoadingCards count={3} height={312} />
      ) : list.data !== undefined && items.length === 0 ? (
        <EmptyState title="Nothing is deployed">
          A deployed workflow runs by itself: on a schedule, on an event, when it is called. Its version, its profiles and
          its inputs are bound to it, and it can be paused and changed while it runs.
        </EmptyState>
      ) : (
        <CardGrid label="Deployments">
          {items.map((deployment) => (
            <DeploymentCard key={deployment.name} deployment={deployment} />
          ))}
        </CardGrid>
      )}
      {mayEdit && wanted !== null && <DeployDrawer workflow={wanted} onClose={() => openNew(null)} />}
    </Page>
  );
}

function summary(items: readonly { status: string }[]): string | null {
  if (items.length === 0) return null;
  const active = items.filter(({ status }) => status === "active").length;
  return `${active} of ${counted(items.length, "deployment")} active. Figures move as runs end.`;
}
