// What the server's check found, at the node and the field it is about.
import type { Issue } from "@/api/problem";
import { bodyAt, graphAt, nodeAt, ROOT, type GraphPath, type NodePath } from "@/model/path";
import { BODIES, type BodyName, type Workflow } from "@/model/workflow";

export interface NodeIssue {
  readonly code: string;
  readonly message: string;
  readonly remedy: string | null;
  readonly severity: "error" | "warning";
  /** Of the node, as forms name their fields: `config.url`, `when`; empty: the node as a whole. */
  readonly field: string;
  /** As the server says it: `nodes[3].config.url`. */
  readonly path: string;
}

export interface Issues {
  /** By the path of the node. */
  readonly byNode: ReadonlyMap<NodePath, readonly NodeIssue[]>;
  /** What is about no node: the workflow's inputs, outputs or settings. */
  readonly others: readonly NodeIssue[];
  readonly errors: number;
  readonly warnings: number;
}

export const NO_ISSUES: Issues = { byNode: new Map(), others: [], errors: 0, warnings: 0 };

/** Where an issue of the checked `workflow` is; of a connection it is what it leads to. */
export function placeOf(workflow: Workflow, path: string): { node: NodePath | undefined; field: string } {
  let graph: GraphPath = ROOT;
  let node: NodePath | undefined;
  let rest = path;
  for (;;) {
    const step = /^(nodes|connections)\[(\d+)\]\.?/.exec(rest);
    if (step === null) return { node, field: rest };
    const [whole, list, digits] = step;
    const here = graphAt(workflow, graph);
    const index = Number(digits);
    const after = rest.slice(whole.length);
    if (list === "connections") {
      const target = here?.connections[index]?.target;
      const isNode = here?.nodes.some((one) => one.id === target) === true && target !== undefined;
      return { node: isNode ? nodeAt(graph, target) : node, field: isNode ? "" : rest };
    }
    const id = here?.nodes[index]?.id;
    if (id === undefined) return { node, field: rest };
    node = nodeAt(graph, id);
    const body = bodyIn(after);
    if (body === undefined) return { node, field: after };
    graph = bodyAt(node, body);
    rest = after.slice(body.length + 1);
  }
}

function bodyIn(rest: string): BodyName | undefined {
  return BODIES.find((name) => /^\.(nodes|connections)\[/.test(rest.slice(name.length)) && rest.startsWith(name));
}

/** What is missing has no place in the file, so the check names the node; a form has a place for it. */
function missingField({ code, message }: Issue): string {
  const name = code === "missing_config" ? /needs `([^`]+)`/.exec(message)?.[1] : undefined;
  return name === undefined ? "" : `config.${name}`;
}

export function placeIssues(workflow: Workflow, found: readonly Issue[]): Issues {
  const byNode = new Map<NodePath, NodeIssue[]>();
  const others: NodeIssue[] = [];
  let errors = 0;
  for (const issue of found) {
    const { node, field: named } = placeOf(workflow, issue.path);
    const field = named === "" ? missingField(issue) : named;
    const severity = issue.severity === "warning" ? "warning" : "error";
    if (severity === "error") errors += 1;
    const { code, message, path } = issue;
    const placed: NodeIssue = { code, message, remedy: issue.remedy ?? null, severity, field, path };
    if (node === undefined) others.push(placed);
    else byNode.set(node, [...(byNode.get(node) ?? []), placed]);
  }
  return { byNode, others, errors, warnings: found.length - errors };
}
