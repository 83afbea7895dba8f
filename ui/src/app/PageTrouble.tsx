// A page that broke, or could not be loaded. The frame around it stays, if that is what holds.
import { Button } from "@mantine/core";
import { isRouteErrorResponse, useRouteError } from "react-router";
import { toProblem } from "@/api/problem";
import { NotFound } from "@/app/NotFound";
import { Page } from "@/components/Page";
import { PageHeader } from "@/components/PageHeader";
import { ProblemNotice } from "@/components/ProblemNotice";

export function PageTrouble() {
  const error = useRouteError();
  if (isRouteErrorResponse(error) && error.status === 404) return <NotFound />;
  const problem = toProblem(error);
  // Somebody is on the way to signing in: there is nothing to say here.
  if (problem.status === 401) return null;
  return (
    <Page>
      <PageHeader
        title="This page cannot be shown"
        actions={<Button onClick={() => window.location.reload()}>Load it again</Button>}
      />
      <ProblemNotice error={error} />
    </Page>
  );
}
