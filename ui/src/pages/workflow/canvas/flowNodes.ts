// The scene as the drawing library wants it. What has not changed is the same object as before.
import type { Edge, Node } from "@/components/graph/flow";
import { Position } from "@/components/graph/flow";
import { HEAD_MIDDLE, ORDER_PORT, OUTSIDE, SPOT } from "@/pages/workflow/canvas/portSpots";
import { membersOf, type SceneNode } from "@/pages/workflow/canvas/scene";
import type { SceneWire } from "@/pages/workflow/canvas/sceneWires";

export type FlowNode = Node<{ scene: SceneNode }>;
export type FlowEdge = Edge<{ wire: SceneWire }>;
export type Moved = ReadonlyMap<string, { readonly x: number; readonly y: number }>;

const LAYERS: Readonly<Record<SceneNode["kind"], number>> = { group: -2, note: -1, container: 0, step: 1, folded: 1 };

const nodesBefore = new WeakMap<SceneNode, FlowNode>();
const edgesBefore = new WeakMap<SceneWire, FlowEdge>();

export function flowNodes(nodes: readonly SceneNode[], selection: ReadonlySet<string>, moved: Moved): FlowNode[] {
  return nodes.map((one) => {
    const at = moved.get(one.id) ?? one;
    const isSelected = one.kind === "folded" ? membersOf(one).every((path) => selection.has(path)) : selection.has(one.id);
    const before = nodesBefore.get(one);
    if (before?.position.x === at.x && before.position.y === at.y && before.selected === isSelected) return before;
    const made: FlowNode = {
      ...(before ?? flowNode(one)),
      position: { x: at.x, y: at.y },
      selected: isSelected,
    };
    nodesBefore.set(one, made);
    return made;
  });
}

function flowNode(one: SceneNode): FlowNode {
  const { id, kind, parent, width, height } = one;
  return {
    id,
    // The library has a look of its own for what is called `group`.
    type: kind === "group" ? "behind" : kind,
    position: { x: one.x, y: one.y },
    data: { scene: one },
    width,
    height,
    measured: { width, height },
    handles: handlesOf(one),
    zIndex: LAYERS[kind],
    ...(parent === undefined ? {} : { parentId: parent }),
    ...(kind === "group" ? { selectable: false, dragHandle: ".treadle-group-head" } : {}),
    ...(kind === "container" ? { dragHandle: ".treadle-container-head" } : {}),
  };
}

function handlesOf({ kind, width, ports }: SceneNode): NonNullable<FlowNode["handles"]> {
  if (kind === "note" || kind === "group") return [];
  const spot = { width: SPOT, height: SPOT };
  const left = -OUTSIDE;
  const right = width - SPOT + OUTSIDE;
  const order = { id: ORDER_PORT, y: HEAD_MIDDLE - SPOT / 2, ...spot };
  return [
    ...ports.map(({ name, side, y }) => ({
      id: name,
      type: side === "input" ? ("target" as const) : ("source" as const),
      position: side === "input" ? Position.Left : Position.Right,
      x: side === "input" ? left : right,
      y: y - SPOT / 2,
      ...spot,
    })),
    { ...order, type: "source", position: Position.Right, x: right },
    { ...order, type: "target", position: Position.Left, x: left },
  ];
}

export function flowEdges(wires: readonly SceneWire[], selected: ReadonlySet<string>): FlowEdge[] {
  return wires.map((wire) => {
    const isSelected = selected.has(wireKey(wire));
    const before = edgesBefore.get(wire);
    if (before !== undefined && before.selected === isSelected) return before;
    const made: FlowEdge = {
      id: wire.id,
      type: "wire",
      source: wire.source,
      sourceHandle: wire.output,
      target: wire.target,
      targetHandle: wire.input,
      data: { wire },
      selected: isSelected,
      selectable: wire.kind === "value",
      reconnectable: wire.kind === "value",
      ariaRole: "group",
      ariaLabel: wireLabel(wire),
    };
    edgesBefore.set(wire, made);
    return made;
  });
}

export function wireKey({ graph, index }: { readonly graph: string; readonly index: number }): string {
  return `${graph}#${index}`;
}

function wireLabel({ kind, source, output, target, input }: SceneWire): string {
  if (kind === "value") return `Connection from ${source} ${output} to ${target} ${input}`;
  return kind === "after" ? `${target} runs after ${source}` : `${target} reads ${source}`;
}
