// Several workflows of one file as one fragment.
import type { Workflow } from "@/model/workflow";

const MANY = 3;

/** Whether it is more than a few nodes that somebody copied. */
export function isFile(workflow: Workflow): boolean {
  return workflow.nodes.length > MANY;
}

/** The first of a file counts; a file of several is imported, not pasted. */
export function mergePasted(workflows: readonly Workflow[]): Workflow {
  return workflows[0] ?? { name: "pasted", nodes: [], connections: [] };
}
