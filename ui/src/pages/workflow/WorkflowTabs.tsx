// The parts of a workflow: its canvas, runs, versions, times and settings. They stand above each of them.
import { CalendarClock, History, ListVideo, PenTool, Settings } from "lucide-react";
import { Link } from "react-router";
import classes from "@/pages/workflow/WorkflowTabs.module.css";

export type WorkflowTab = "edit" | "runs" | "versions" | "schedule" | "settings";

const TABS = [
  { tab: "edit", title: "Edit", icon: PenTool },
  { tab: "runs", title: "Runs", icon: ListVideo },
  { tab: "versions", title: "Versions", icon: History },
  { tab: "schedule", title: "Schedule", icon: CalendarClock },
  { tab: "settings", title: "Settings", icon: Settings },
] as const;

export function tabAddress(name: string, tab: WorkflowTab): string {
  return `/w/${encodeURIComponent(name)}${tab === "edit" ? "" : `/${tab}`}`;
}

export function WorkflowTabs({ name, current }: { name: string; current: WorkflowTab }) {
  return (
    <nav className={classes.tabs} aria-label="Parts of the workflow">
      {TABS.map(({ tab, title, icon: Icon }) => (
        <Link key={tab} to={tabAddress(name, tab)} aria-current={tab === current ? "page" : undefined}>
          <Icon size={15} aria-hidden="true" />
          {title}
        </Link>
      ))}
    </nav>
  );
}
