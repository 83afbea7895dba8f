// The wires of a graph: its connections, and the order that is said in other ways.
import type { Catalogue } from "@/model/catalogue";
import { orderOf } from "@/model/order";
import { nodeAt, ROOT, type GraphPath } from "@/model/path";
import { portsOf, TRIGGER } from "@/model/ports";
import { resolve } from "@/model/resolve";
import type { Graph, WorkflowNode } from "@/model/workflow";
import { ORDER_PORT, tintOf, type PortTint } from "@/pages/workflow/canvas/portSpots";

export interface SceneWire {
  readonly id: string;
  /** `value`: a connection; `after`: written as `after`; `reads`: an expression reads it. */
  readonly kind: "value" | "after" | "reads";
  readonly graph: GraphPath;
  /** Of a connection its place in the graph's list, else -1. */
  readonly index: number;
  /** Paths, or the folded group that the node is in. */
  readonly source: string;
  readonly output: string;
  readonly target: string;
  readonly input: string;
  readonly tint: PortTint;
  readonly isBroken: boolean;
  readonly isOff: boolean;
}

export function wiresOf(
  graph: Graph,
  path: GraphPath,
  catalogue: Catalogue,
  folded: ReadonlyMap<string, string>,
): SceneWire[] {
  const byId = new Map(graph.nodes.map((node) => [node.id, node]));
  const end = (id: string): string => folded.get(id) ?? nodeAt(path, id);
  const wires = new Map<string, SceneWire>();
  const joined = new Set<string>();
  const isTrigger = (node: WorkflowNode): boolean => catalogue.find(node.type)?.kind === "trigger";
  const head = (node: WorkflowNode): string => (isTrigger(node) ? ORDER_PORT : TRIGGER.name);
  const hasHandle = (node: WorkflowNode, input: string): boolean => input !== TRIGGER.name || !isTrigger(node);
  const add = (wire: SceneWire): void => {
    if (wire.source === wire.target) return;
    const id = wires.has(wire.id) ? `${wire.id}#${wire.index}` : wire.id;
    wires.set(id, { ...wire, id });
  };
  for (const { index, source, output, target, input, trouble } of resolve(graph, catalogue)) {
    const [from, to] = [byId.get(source), byId.get(target)];
    if (from === undefined || to === undefined) continue;
    joined.add(`${source}>${target}`);
    const ports = portsOf(from, catalogue);
    const port = output === undefined ? undefined : ports.outputs.get(output);
    const into = portsOf(to, catalogue).inputs;
    const isFolded = (id: string): boolean => folded.has(id);
    add({
      id: `${path}#${source}.${output ?? ""}>${target}.${input ?? ""}`,
      kind: "value",
      graph: path,
      index,
      source: end(source),
      output: isFolded(source) || port === undefined ? ORDER_PORT : port.name,
      target: end(target),
      input: isFolded(target) ? ORDER_PORT : input !== undefined && into.has(input) && hasHandle(to, input) ? input : head(to),
      tint: input === TRIGGER.name ? "trigger" : port === undefined ? "any" : tintOf(port.type),
      isBroken: trouble !== undefined,
      isOff: from.disabled === true || to.disabled === true,
    });
  }
  const before = orderOf(graph, catalogue).get(ROOT) ?? new Map<string, ReadonlySet<string>>();
  for (const node of graph.nodes) {
    for (const other of before.get(node.id) ?? []) {
      if (joined.has(`${other}>${node.id}`) || catalogue.find(node.type)?.kind === "note") continue;
      const kind = node.after?.includes(other) === true ? "after" : "reads";
      add({
        id: `${path}#${other}~${kind}~${node.id}`,
        kind,
        graph: path,
        index: -1,
        source: end(other),
        output: ORDER_PORT,
        target: end(node.id),
        input: folded.has(node.id) ? ORDER_PORT : head(node),
        tint: "trigger",
        isBroken: false,
        isOff: node.disabled === true || byId.get(other)?.disabled === true,
      });
    }
  }
  return [...wires.values()];
}

