// Nodes out of a graph into a workflow of their own, called in their place by a `flow.workflow` node.
import type { Catalogue } from "@/model/catalogue";
import { downstreamOf, orderOf, upstreamOf } from "@/model/order";
import { graphOf, nodeAt, withGraph, type GraphPath, type NodePath } from "@/model/path";
import { portsOf, TRIGGER } from "@/model/ports";
import { listed, refuse, type Refusal, type Result } from "@/model/result";
import { resolve, type ResolvedConnection } from "@/model/resolve";
import { edited, withAfter, withoutNodes, type Edit } from "@/model/operations/edit";
import { gatesOf, type Gates } from "@/model/operations/extractGates";
import { Outputs, writeAsOutputs } from "@/model/operations/extractOutputs";
import { Inputs, writeAsInputs } from "@/model/operations/extractReads";
import { readOutput } from "@/model/operations/container";
import { chosenOf, withoutOutside } from "@/model/operations/fragment";
import { idFromWords, idsOf, uniqueId } from "@/model/operations/naming";
import { snap } from "@/model/operations/move";
import { configOf, findNode, type Connection, type Graph, type Workflow, type WorkflowNode } from "@/model/workflow";

export const CALL = "flow.workflow";
const WORKFLOW_NAME = /^[a-z0-9]+(-[a-z0-9]+)*$/;

export interface Extraction {
  /** To be created and published before the edited workflow is. */
  readonly extracted: Workflow;
  readonly edit: Edit;
}

export function extractWorkflow(
  workflow: Workflow,
  catalogue: Catalogue,
  paths: readonly NodePath[],
  called: { readonly name: string; readonly title?: string },
): Result<Extraction> {
  const chosen = chosenOf(workflow, paths);
  if (!chosen.ok) return chosen;
  const { graph, ids } = chosen.value;
  const path = graphOf(paths[0] ?? "");
  const problem = whyNot(workflow, catalogue, graph, ids, path, called.name);
  if (problem !== undefined) return problem;
  const links = resolve(graph, catalogue);
  const before = orderOf(workflow, catalogue).get(path) ?? new Map<string, ReadonlySet<string>>();
  const gates = gatesOf(graph, catalogue, links, ids, before);
  if (!gates.ok) return gates;

  const id = uniqueId(idFromWords(called.name), idsOf(workflow));
  const inputs = new Inputs(workflow.inputs ?? {});
  // What the connections carry comes last: those reads are the new workflow's own.
  const alone = writeAsInputs(withoutOutside(graph, ids), workflow, catalogue, path, inputs);
  const inner = readIncoming(alone, graph, catalogue, links, inputs);
  const outputs = new Outputs(graph, ids, links, id);
  const rest = writeAsOutputs(withoutNodes(graph, ids), catalogue, outputs);
  const wired = outputs.wire(rest, catalogue);
  const call = callNode(graph, ids, id, called, inputs, gates.value);
  const connections = [...wired.connections, ...gates.value.links.map((gate) => gateTo(gate, id))];
  const parent = withGraph(workflow, path, () => ({
    ...wired,
    nodes: [...wired.nodes.map((node) => followCall(node, graph, ids, id)), call],
    connections,
  }));
  const extracted: Workflow = {
    name: called.name,
    ...(called.title ? { title: called.title } : {}),
    ...(inputs.isEmpty ? {} : { inputs: inputs.schemas }),
    ...atOrigin(inner),
    ...(outputs.value === undefined ? {} : { outputs: outputs.value }),
  };
  const label = `Extract ${called.name}`;
  return { ok: true, value: { extracted, edit: edited(parent, label, { selection: [nodeAt(path, id)] }).value } };
}

function whyNot(
  workflow: Workflow,
  catalogue: Catalogue,
  graph: Graph,
  ids: ReadonlySet<string>,
  path: GraphPath,
  name: string,
): Refusal | undefined {
  if (!WORKFLOW_NAME.test(name) || name.length > 100) {
    return refuse(`\`${name}\` cannot be a workflow's name.`, "Use small letters, digits and single hyphens.");
  }
  if (catalogue.find(CALL) === undefined) return refuse(`\`${CALL}\` is not installed here.`);
  const triggers = graph.nodes.filter((node) => ids.has(node.id) && catalogue.find(node.type)?.kind === "trigger");
  if (triggers.length > 0) {
    const names = triggers.map((node) => node.id);
    return refuse(`${listed(names)} starts runs of this workflow.`, "Leave triggers out of the selection.");
  }
  const before = orderOf(workflow, catalogue).get(path) ?? new Map<string, ReadonlySet<string>>();
  const branching = resolve(graph, catalogue).find((one) => {
    const source = ids.has(one.source) && !ids.has(one.target) ? findNode(graph, one.source) : undefined;
    return source && one.output !== undefined && portsOf(source, catalogue).outputs.get(one.output)?.branch;
  });
  if (branching !== undefined) {
    return refuse(
      `\`${branching.source}.${branching.output}\` decides whether \`${branching.target}\` runs, and a called workflow decides nothing outside.`,
      `Select \`${branching.target}\` too, or leave \`${branching.source}\` out.`,
    );
  }
  const between = graph.nodes.find(({ id }) => {
    if (ids.has(id)) return false;
    const up = upstreamOf(before, id);
    const down = downstreamOf(before, id);
    return [...ids].some((one) => up.has(one)) && [...ids].some((one) => down.has(one));
  });
  return between && refuse(`\`${between.id}\` stands between the selected nodes.`, "Select it too.");
}

function gateTo({ source, output }: Gates["links"][number], target: string): Connection {
  return { source, ...(output === undefined ? {} : { output }), target, input: TRIGGER.name };
}

/** `within`, the nodes alone, with what was connected to their inputs from outside read as `workflow.input`. */
function readIncoming(
  within: Graph,
  graph: Graph,
  catalogue: Catalogue,
  links: readonly ResolvedConnection[],
  inputs: Inputs,
): Graph {
  const incoming = links.filter((one) => one.input !== TRIGGER.name && findNode(within, one.source) === undefined);
  const added: WorkflowNode[] = [];
  const connections: Connection[] = [];
  const taken = idsOf(graph);
  const nodes = within.nodes.map((node) => {
    const reads: Record<string, string> = {};
    for (const input of new Set(incoming.filter((one) => one.target === node.id).map((one) => one.input))) {
      if (input === undefined) continue;
      const sources = incoming.filter((one) => one.target === node.id && one.input === input);
      const texts = sources.map((one) => readOutput(one.source, one.output));
      if (portsOf(node, catalogue).inputs.get(input)?.collects) {
        for (const [index, text] of texts.entries()) {
          const name = inputs.nameOf(text, sources[index]?.source ?? input);
          const id = uniqueId(name.replaceAll("_", "-"), taken);
          taken.add(id);
          added.push({ id, type: "data.transform", config: { transform: `workflow.input.${name}` } });
          connections.push({ source: id, output: "output", target: node.id, input });
        }
      } else reads[input] = `{{ workflow.input.${inputs.nameOf(texts.join(" ?? "), sources[0]?.source ?? input)} }}`;
    }
    return Object.keys(reads).length === 0 ? node : { ...node, config: { ...configOf(node), ...reads } };
  });
  return { ...within, nodes: [...nodes, ...added], connections: [...within.connections, ...connections] };
}

function callNode(
  graph: Graph,
  ids: ReadonlySet<string>,
  id: string,
  called: { readonly name: string; readonly title?: string },
  inputs: Inputs,
  gates: Gates,
): WorkflowNode {
  const chosen = graph.nodes.filter((node) => ids.has(node.id));
  const places = chosen.flatMap((node) => node.position ?? []);
  const middle = (of: (place: { x: number; y: number }) => number): number =>
    snap(places.reduce((sum, place) => sum + of(place), 0) / Math.max(1, places.length));
  const call: WorkflowNode = {
    id,
    type: CALL,
    ...(called.title ? { title: called.title } : {}),
    config: { workflow: called.name, ...(inputs.isEmpty ? {} : { input: inputs.given }) },
    ...(gates.join === "all" && gates.links.length > 1 ? { join: "all" as const } : {}),
    ...(places.length > 0 ? { position: { x: middle((one) => one.x), y: middle((one) => one.y) } } : {}),
  };
  const after = chosen.flatMap((node) => (node.after ?? []).filter((other) => !ids.has(other)));
  return withAfter(call, after);
}

/** A node outside that ran after one inside now runs after the call. */
function followCall(node: WorkflowNode, graph: Graph, ids: ReadonlySet<string>, id: string): WorkflowNode {
  const before = graph.nodes.find((one) => one.id === node.id)?.after;
  return before?.some((other) => ids.has(other)) ? withAfter(node, [...(node.after ?? []), id]) : node;
}

function atOrigin(graph: Graph): Graph {
  const places = graph.nodes.flatMap((node) => node.position ?? []);
  if (places.length === 0) return graph;
  const x = Math.min(...places.map((place) => place.x));
  const y = Math.min(...places.map((place) => place.y));
  const nodes = graph.nodes.map((node) =>
    node.position ? { ...node, position: { ...node.position, x: node.position.x - x, y: node.position.y - y } } : node,
  );
  return { ...graph, nodes };
}
