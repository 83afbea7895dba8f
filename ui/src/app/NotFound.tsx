// An address that leads nowhere.
import { Link } from "react-router";
import { EmptyState } from "@/components/EmptyState";
import { Page } from "@/components/Page";
import { PageHeader } from "@/components/PageHeader";

export function NotFound() {
  return (
    <Page>
      <PageHeader title="Nothing here" />
      <EmptyState title="No page has this address" action={<Link to="/">Go home</Link>}>
        It may have been renamed or deleted. Search finds workflows by name.
      </EmptyState>
    </Page>
  );
}
