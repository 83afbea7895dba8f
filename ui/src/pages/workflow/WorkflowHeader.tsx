// The top of what belongs to one workflow, beside its canvas: its title, its tabs, and what can be done there.
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { workflowOne } from "@/api/library";
import { PageHeader } from "@/components/PageHeader";
import classes from "@/pages/workflow/WorkflowHeader.module.css";
import { type WorkflowTab, WorkflowTabs } from "@/pages/workflow/WorkflowTabs";

interface Props {
  name: string;
  tab: WorkflowTab;
  /** Of the tab, for the browser's. */
  part: string;
  actions?: ReactNode;
  children?: ReactNode;
}

export function WorkflowHeader({ name, tab, part, actions, children }: Props) {
  const workflow = useQuery(workflowOne(name));
  const title = workflow.data?.title ?? name;
  return (
    <PageHeader title={title} documentTitle={`${part} · ${title}`} actions={actions}>
      <div className={classes.tabs}>
        <WorkflowTabs name={name} current={tab} />
      </div>
      {children}
    </PageHeader>
  );
}
