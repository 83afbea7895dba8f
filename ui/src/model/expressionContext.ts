// What may be written in a field of a node: names, nodes and their outputs, inputs, functions.
import { fieldOf, type Catalogue } from "@/model/catalogue";
import type { Mode } from "@/model/expression/scan";
import { orderOf, downstreamOf, upstreamOf } from "@/model/order";
import { graphAt, graphOf, idOf, levelsOf, nodeOf, ownerOf, type GraphPath, type NodePath } from "@/model/path";
import { ANY, type PortType } from "@/model/portType";
import { dataInputs, portsOf } from "@/model/ports";
import { modeOf } from "@/model/texts";
import { findNode, inputSchemas, nodeTitle, type Workflow } from "@/model/workflow";

/** A name that may be written, with what it stands for. */
export interface Name {
  readonly name: string;
  readonly type: PortType;
  readonly description: string;
}

export interface ReadableNode {
  readonly id: string;
  readonly title: string;
  readonly type: string;
  readonly outputs: readonly (Name & { readonly branch: boolean })[];
  /** The node waits for it already; of others it will once they are read. */
  readonly upstream: boolean;
  /** How many containers further out it stands. */
  readonly depth: number;
}

export interface FunctionDoc {
  readonly name: string;
  /** `round(number, digits?)`. */
  readonly signature: string;
  readonly doc: string;
  readonly category: string;
}

export interface ExpressionContext {
  /** Undefined where nothing is evaluated: the text is taken as it stands. */
  readonly mode: Mode | undefined;
  /** Upstream ones first, then by how near they stand. */
  readonly nodes: readonly ReadableNode[];
  /** `workflow.input.<name>`. */
  readonly workflowInputs: readonly Name[];
  /** `input.<name>`: what arrives at the node. */
  readonly inputs: readonly Name[];
  /** Names that only mean something here: `item`, `loop`, published results. */
  readonly names: readonly Name[];
  /** `loop.item`, where the node stands in a loop. */
  readonly loop: readonly Name[];
  /** Whether `secrets.<name>` may be read here. */
  readonly secrets: boolean;
  readonly functions: readonly FunctionDoc[];
}

/** `when`, `input`, or a field of the config. */
export type FieldName = { readonly config: string } | "when" | "input";

export function contextOf(
  workflow: Workflow,
  catalogue: Catalogue,
  path: NodePath,
  field: FieldName,
  functions: readonly FunctionDoc[] = [],
): ExpressionContext {
  const node = nodeOf(workflow, path);
  const declared = typeof field === "string" ? undefined : fieldOf(node && catalogue.find(node.type), field.config);
  const mode = typeof field === "string" ? (field === "when" ? "expression" : "template") : modeOf(declared?.kind);
  const inputs = node === undefined ? [] : dataInputs(portsOf(node, catalogue));
  return {
    mode,
    nodes: readableNodes(workflow, catalogue, path),
    workflowInputs: workflowInputs(workflow),
    inputs: inputs.map(({ name, type, description }) => ({ name, type, description })),
    names: [
      ...(declared?.names ?? []).map((name) => ({ name, type: ANY, description: OWN_NAMES[name] ?? "" })),
      ...namesAround(workflow, catalogue, graphOf(path)),
    ],
    loop: loopNames(workflow, graphOf(path)),
    secrets: declared?.kind === "secret",
    functions,
  };
}

/** Of the outputs of a graph: every node of it may be read. */
export function outputsContext(
  workflow: Workflow,
  catalogue: Catalogue,
  graph: GraphPath,
  functions: readonly FunctionDoc[] = [],
): ExpressionContext {
  return {
    mode: "template",
    nodes: readableNodes(workflow, catalogue, graph === "" ? "" : `${graph}/`),
    workflowInputs: workflowInputs(workflow),
    inputs: [],
    names: namesAround(workflow, catalogue, graph),
    loop: loopNames(workflow, graph),
    secrets: false,
    functions,
  };
}

/** The nodes of the graph and of those around it, without those that wait for the node: it could never run. */
function readableNodes(workflow: Workflow, catalogue: Catalogue, path: NodePath): ReadableNode[] {
  const order = orderOf(workflow, catalogue);
  const found: ReadableNode[] = [];
  let inside = idOf(path);
  for (const [depth, level] of levelsOf(graphOf(path)).entries()) {
    const before = order.get(level) ?? new Map<string, ReadonlySet<string>>();
    const [up, down] = [upstreamOf(before, inside), downstreamOf(before, inside)];
    for (const node of graphAt(workflow, level)?.nodes ?? []) {
      if (node.id === inside || down.has(node.id)) continue;
      const outputs = [...portsOf(node, catalogue).outputs.values()];
      if (outputs.length === 0) continue;
      found.push({ id: node.id, title: nodeTitle(node), type: node.type, outputs, upstream: up.has(node.id), depth });
    }
    // Further out, the container stands for what is in it.
    inside = idOf(ownerOf(level)?.container ?? "");
  }
  return found.toSorted((one, other) => Number(other.upstream) - Number(one.upstream) || one.depth - other.depth);
}

const SCHEMA_KINDS: Readonly<Record<string, PortType>> = {
  string: { kind: "text" },
  number: { kind: "number" },
  integer: { kind: "integer" },
  boolean: { kind: "boolean" },
  object: { kind: "object" },
  array: { kind: "list", item: ANY },
  null: { kind: "null" },
};

function workflowInputs(workflow: Workflow): Name[] {
  return Object.entries(inputSchemas(workflow)).map(([name, schema]) => ({
    name,
    type: SCHEMA_KINDS[String(schema["type"])] ?? ANY,
    description: typeof schema["description"] === "string" ? schema["description"] : "",
  }));
}

const OWN_NAMES: Readonly<Record<string, string>> = {
  item: "The item looked at",
  index: "Its place, from 0",
  items: "The items of the group",
  result: "What the iteration came to",
  state: "The state so far",
  event: "The event that was published",
};

/** What containers around a graph add, and what nodes publish. */
function namesAround(workflow: Workflow, catalogue: Catalogue, graph: GraphPath): Name[] {
  const names = new Map<string, Name>();
  for (const level of levelsOf(graph)) {
    for (const node of graphAt(workflow, level)?.nodes ?? []) {
      const name = node.publish;
      if (name !== undefined && !names.has(name))
        names.set(name, { name, type: ANY, description: `What \`${node.id}\` gave` });
    }
    const container = ownerOf(level)?.container;
    const node = container === undefined ? undefined : nodeOf(workflow, container);
    for (const name of (node && catalogue.find(node.type)?.bodyNames) ?? []) {
      if (name !== "loop" && !names.has(name)) names.set(name, { name, type: ANY, description: `Of \`${node?.id}\`` });
    }
  }
  return [...names.values()];
}

/** What `loop` holds in the nearest loop around. */
function loopNames(workflow: Workflow, graph: GraphPath): Name[] {
  for (const level of levelsOf(graph)) {
    const container = ownerOf(level)?.container;
    const type =
      container === undefined
        ? undefined
        : findNode(graphAt(workflow, graphOf(container)) ?? { nodes: [], connections: [] }, idOf(container))?.type;
    const index: Name = { name: "index", type: { kind: "integer" }, description: "Which iteration, from 0" };
    if (type === "flow.loop") {
      const count: Name = { name: "count", type: { kind: "integer" }, description: "How many items there are" };
      return [{ name: "item", type: ANY, description: "The item of this iteration" }, index, count];
    }
    if (type === "flow.while")
      return [{ name: "state", type: ANY, description: "What the last iteration came to" }, index];
  }
  return [];
}
