// Every address there is. Pages are loaded when they are first gone to; `places` are those in the sidebar.
import type { QueryClient } from "@tanstack/react-query";
import { createBrowserRouter, type LazyRouteFunction, type RouteObject } from "react-router";
import { meQuery } from "@/api/me";
import { Frame } from "@/app/Frame";
import { NotFound } from "@/app/NotFound";
import { PageTrouble } from "@/app/PageTrouble";
import { Starting } from "@/app/Starting";

type PageModule = Promise<{ default: React.ComponentType }>;

function page(load: () => PageModule): LazyRouteFunction<RouteObject> {
  return async () => ({ Component: (await load()).default });
}

const pages: RouteObject[] = [
  { index: true, lazy: page(() => import("@/pages/home/HomePage")) },
  { path: "workflows", lazy: page(() => import("@/pages/workflows/WorkflowsPage")) },
  { path: "w/:name/runs/:run", lazy: page(() => import("@/pages/run/RunPage")) },
  // `:range` is `3..5`. The canvas is the tab without a name.
  { path: "w/:name/diff/:range", lazy: page(() => import("@/pages/versions/DiffPage")) },
  { path: "w/:name/versions", lazy: page(() => import("@/pages/versions/VersionsPage")) },
  { path: "w/:name/runs", lazy: page(() => import("@/pages/workflow/WorkflowRunsPage")) },
  { path: "w/:name/schedule", lazy: page(() => import("@/pages/workflow/WorkflowSchedulePage")) },
  { path: "w/:name/settings", lazy: page(() => import("@/pages/workflow/WorkflowSettingsPage")) },
  { path: "w/:name", lazy: page(() => import("@/pages/workflow/EditorPage")) },
  { path: "deployments", lazy: page(() => import("@/pages/deployments/DeploymentsPage")) },
  { path: "deployments/:name/compare", lazy: page(() => import("@/pages/deployments/ComparePage")) },
  { path: "deployments/:name", lazy: page(() => import("@/pages/deployments/DeploymentPage")) },
  { path: "backtests", lazy: page(() => import("@/pages/backtests/BacktestsPage")) },
  { path: "backtests/new", lazy: page(() => import("@/pages/backtests/NewBacktestPage")) },
  { path: "backtests/compare", lazy: page(() => import("@/pages/backtests/CompareBacktestsPage")) },
  { path: "backtests/:id", lazy: page(() => import("@/pages/backtests/BacktestPage")) },
  { path: "runs", lazy: page(() => import("@/pages/runs/RunsPage")) },
  { path: "inbox", lazy: page(() => import("@/pages/inbox/InboxPage")) },
  { path: "templates", lazy: page(() => import("@/pages/templates/TemplatesPage")) },
  { path: "templates/:name", lazy: page(() => import("@/pages/templates/TemplatePage")) },
  { path: "schedules", lazy: page(() => import("@/pages/schedules/SchedulesPage")) },
  { path: "settings/:part?", lazy: page(() => import("@/pages/settings/SettingsPage")) },
  { path: "*", Component: NotFound },
];

export function makeRouter(client: QueryClient) {
  return createBrowserRouter([
    {
      // Nothing is drawn before it is known who is here: the session's token comes with it.
      loader: async () => {
        await client.ensureQueryData(meQuery);
        return null;
      },
      shouldRevalidate: () => false,
      Component: Frame,
      HydrateFallback: Starting,
      ErrorBoundary: PageTrouble,
      children: [{ ErrorBoundary: PageTrouble, children: pages }],
    },
  ]);
}
