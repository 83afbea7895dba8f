import { EmptyState } from "@/components/EmptyState";
import { Page } from "@/components/Page";
import { PageHeader } from "@/components/PageHeader";

export default function SchedulesPage() {
  return (
    <Page>
      <PageHeader title="Schedules" />
      <EmptyState title="This page is not here yet">The command line and the API have what it will show.</EmptyState>
    </Page>
  );
}
