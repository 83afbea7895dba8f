import { EmptyState } from "@/components/EmptyState";
import { Page } from "@/components/Page";
import { PageHeader } from "@/components/PageHeader";

export default function InboxPage() {
  return (
    <Page>
      <PageHeader title="Inbox" />
      <EmptyState title="This page is not here yet">The command line and the API have what it will show.</EmptyState>
    </Page>
  );
}
