// A workflow as it is drawn to be looked at: every node, container and wire with its place on one sheet.
import type { Catalogue } from "@/model/catalogue";
import { closedSize, CONTAINER_HEAD, EMPTY_LANE, isOpen, LANE_HEAD, laneLayout, NODE_HEAD, PORT_ROW, type Size } from "@/model/geometry";
import { withMissingPlaces } from "@/model/layout";
import { orderOf } from "@/model/order";
import { bodyAt, nodeAt, ROOT, type GraphPath, type NodePath } from "@/model/path";
import { dataInputs, dataOutputs, portsOf, TRIGGER } from "@/model/ports";
import { resolve } from "@/model/resolve";
import { bodiesOf, configOf, nodeTitle, type BodyName, type Graph, type Workflow, type WorkflowNode } from "@/model/workflow";

export interface DrawnNode {
  readonly path: NodePath;
  readonly kind: "step" | "container" | "note";
  readonly node: WorkflowNode;
  readonly title: string;
  readonly typeTitle: string;
  readonly category: string;
  /** On the whole sheet. */
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  /** Of an open container: the lines between its bodies, from its top. */
  readonly lanes: readonly { readonly name: BodyName; readonly y: number }[];
}

/** `order` is a wire that carries nothing: what it leads to waits. */
export interface DrawnWire {
  readonly id: string;
  readonly kind: "value" | "order";
  readonly source: NodePath;
  readonly output: string | undefined;
  readonly target: NodePath;
  readonly input: string | undefined;
  readonly ends: readonly [number, number, number, number];
}

export interface Sheet {
  /** Containers before what is in them. */
  readonly nodes: readonly DrawnNode[];
  readonly wires: readonly DrawnWire[];
}

export const HEAD_MIDDLE = NODE_HEAD / 2;

export function drawSheet(given: Workflow, catalogue: Catalogue): Sheet {
  const workflow = withMissingPlaces(given, catalogue);
  const nodes: DrawnNode[] = [];
  placeGraph(workflow, ROOT, 0, 0, catalogue, nodes);
  const byPath = new Map(nodes.map((one) => [one.path, one]));
  return { nodes, wires: wiresOf(workflow, catalogue, byPath) };
}

function placeGraph(graph: Graph, path: GraphPath, left: number, top: number, catalogue: Catalogue, into: DrawnNode[]): void {
  for (const node of graph.nodes) {
    const at = nodeAt(path, node.id);
    const [x, y] = [left + (node.position?.x ?? 0), top + (node.position?.y ?? 0)];
    const ports = portsOf(node, catalogue);
    const type = catalogue.find(node.type);
    const origins = isOpen(node) ? laneLayout(lanesOf(node, catalogue)).origins : undefined;
    const isNote = type?.kind === "note" || node.type === "flow.note";
    const text = configOf(node)["text"];
    into.push({
      path: at,
      kind: isNote ? "note" : origins === undefined ? "step" : "container",
      node,
      title: isNote && typeof text === "string" ? text : nodeTitle(node),
      typeTitle: type?.title ?? node.type,
      category: type?.category ?? node.type.split(".")[0] ?? "",
      x,
      y,
      ...sizeOf(node, catalogue),
      inputs: dataInputs(ports).map((port) => port.name),
      outputs: [...dataOutputs(ports).map((port) => port.name), ...(node.on_error === "branch" ? ["error"] : [])],
      lanes: [...(origins ?? [])].map(([name, origin]) => ({ name, y: origin.y - LANE_HEAD * 2 })),
    });
    for (const [name, body] of bodiesOf(node)) {
      const origin = origins?.get(name);
      if (origin !== undefined) placeGraph(body, bodyAt(at, name), x + origin.x, y + origin.y, catalogue, into);
    }
  }
}

function sizeOf(node: WorkflowNode, catalogue: Catalogue): Size {
  return isOpen(node) ? laneLayout(lanesOf(node, catalogue)).size : closedSize(node, catalogue);
}

function lanesOf(node: WorkflowNode, catalogue: Catalogue): { name: BodyName; size: Size }[] {
  return bodiesOf(node).map(([name, body]) => {
    if (body.nodes.length === 0) return { name, size: EMPTY_LANE };
    const boxes = body.nodes.map((one) => {
      const size = sizeOf(one, catalogue);
      return [(one.position?.x ?? 0) + size.width, (one.position?.y ?? 0) + size.height] as const;
    });
    return { name, size: { width: Math.max(...boxes.map((box) => box[0])), height: Math.max(...boxes.map((box) => box[1])) } };
  });
}

function wiresOf(workflow: Workflow, catalogue: Catalogue, byPath: ReadonlyMap<NodePath, DrawnNode>): DrawnWire[] {
  const wires: DrawnWire[] = [];
  const order = orderOf(workflow, catalogue);
  const visit = (graph: Graph, path: GraphPath): void => {
    const joined = new Set<string>();
    for (const { index, source, output, target, input } of resolve(graph, catalogue)) {
      const [from, to] = [byPath.get(nodeAt(path, source)), byPath.get(nodeAt(path, target))];
      if (from === undefined || to === undefined) continue;
      joined.add(`${source} ${target}`);
      const kind = input === TRIGGER.name ? "order" : "value";
      wires.push({ id: `${path}#${index}`, kind, source: from.path, output, target: to.path, input, ends: endsOf(from, output, to, input) });
    }
    for (const [target, sources] of order.get(path) ?? []) {
      for (const source of sources) {
        const [from, to] = [byPath.get(nodeAt(path, source)), byPath.get(nodeAt(path, target))];
        if (from === undefined || to === undefined || joined.has(`${source} ${target}`)) continue;
        const ends = endsOf(from, undefined, to, undefined);
        wires.push({ id: `${path}~${source}~${target}`, kind: "order", source: from.path, output: undefined, target: to.path, input: undefined, ends });
      }
    }
    for (const node of graph.nodes) {
      const at = nodeAt(path, node.id);
      if (isOpen(node)) for (const [name, body] of bodiesOf(node)) visit(body, bodyAt(at, name));
    }
  };
  visit(workflow, ROOT);
  return wires;
}

/** The middle of a port's row, from the node's top; of the head for what has none. */
export function portRow(drawn: DrawnNode, side: "inputs" | "outputs", port: string | undefined): number {
  const row = port === undefined ? -1 : drawn[side].indexOf(port);
  if (drawn.kind === "container") return CONTAINER_HEAD / 2;
  return row < 0 ? HEAD_MIDDLE : NODE_HEAD + row * PORT_ROW + PORT_ROW / 2;
}

function endsOf(from: DrawnNode, output: string | undefined, to: DrawnNode, input: string | undefined): DrawnWire["ends"] {
  return [from.x + from.width, from.y + portRow(from, "outputs", output), to.x, to.y + portRow(to, "inputs", input)];
}
