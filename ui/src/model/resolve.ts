// Which port every connection joins. Mirrors `treadle.model.resolve`, whose answers its test compares with.
import type { Catalogue, InputPort, OutputPort } from "@/model/catalogue";
import { isFitting } from "@/model/fitting";
import { dataInputs, dataOutputs, findOutput, portsOf, singleOutput, TRIGGER, type NodePorts } from "@/model/ports";
import { ANY } from "@/model/portType";
import { configOf, type Connection, type Graph, type WorkflowNode } from "@/model/workflow";

export type ConnectionTrouble = "unknown_node" | "unknown_port" | "ambiguous_port" | "incompatible_ports";

/** A connection with both ports, as far as they are known. `index` is its place in the graph's list. A connection with
 * `trouble` is drawn all the same; the server's check says what to do about it. */
export interface ResolvedConnection {
  readonly index: number;
  readonly source: string;
  readonly output: string | undefined;
  readonly target: string;
  readonly input: string | undefined;
  readonly trouble?: ConnectionTrouble;
}

interface Known {
  readonly nodes: readonly WorkflowNode[];
  readonly resolved: readonly ResolvedConnection[];
}

/** By the list of connections, which a move of nodes leaves as it is. */
const known = new WeakMap<Catalogue, WeakMap<readonly Connection[], Known>>();

/** Every connection of `graph` (not of bodies) with its ports. A source without a port is the node's single output; a
 * target without a port is the first input that is free and that the value fits. The same list for the same graph, and
 * while nodes only move. */
export function resolve(graph: Graph, catalogue: Catalogue): readonly ResolvedConnection[] {
  let ofCatalogue = known.get(catalogue);
  if (ofCatalogue === undefined) known.set(catalogue, (ofCatalogue = new WeakMap()));
  const before = ofCatalogue.get(graph.connections);
  if (before !== undefined && haveSamePorts(before.nodes, graph.nodes)) return before.resolved;
  const resolved = resolveAll(graph, catalogue);
  ofCatalogue.set(graph.connections, { nodes: graph.nodes, resolved });
  return resolved;
}

function haveSamePorts(before: readonly WorkflowNode[], after: readonly WorkflowNode[]): boolean {
  if (before === after) return true;
  return (
    before.length === after.length &&
    before.every((one, index) => {
      const other = after[index];
      return (
        one === other ||
        (one.id === other?.id &&
          one.type === other.type &&
          one.config === other.config &&
          one.on_error === other.on_error)
      );
    })
  );
}

function resolveAll(graph: Graph, catalogue: Catalogue): ResolvedConnection[] {
  const nodes = new Map(graph.nodes.map((node) => [node.id, node]));
  const taken = new Map<string, Set<string>>();
  for (const { target, input } of graph.connections) if (input !== undefined) take(taken, target, input);
  return graph.connections.map((connection, index) => {
    const { source, target } = connection;
    const ends = { index, source, target, output: connection.output, input: connection.input };
    const from = nodes.get(source);
    const to = nodes.get(target);
    if (from === undefined || to === undefined) return { ...ends, trouble: "unknown_node" };
    const output = findSource(connection, portsOf(from, catalogue));
    if (typeof output === "string") return { ...ends, trouble: output };
    const input = findTarget(connection, output, to, portsOf(to, catalogue), taken);
    if (typeof input === "string") return { ...ends, output: output.name, trouble: input };
    take(taken, target, input.name);
    return { ...ends, output: output.name, input: input.name };
  });
}

function take(taken: Map<string, Set<string>>, node: string, input: string): void {
  const inputs = taken.get(node);
  if (inputs === undefined) taken.set(node, new Set([input]));
  else inputs.add(input);
}

function findSource({ output, input }: Connection, ports: NodePorts): OutputPort | ConnectionTrouble {
  if (ports.type === undefined) return { name: output ?? "output", type: ANY, branch: false, description: "" };
  if (output !== undefined) return findOutput(ports, output) ?? "unknown_port";
  const single = singleOutput(ports);
  if (single !== undefined) return single;
  const outputs = dataOutputs(ports);
  // Liveness is all a trigger wants; a port that is not a branch is live whenever the node ran.
  const always = input === TRIGGER.name ? outputs.find((port) => !port.branch) : undefined;
  return always ?? (outputs.length === 0 ? "unknown_port" : "ambiguous_port");
}

function findTarget(
  { input }: Connection,
  output: OutputPort,
  node: WorkflowNode,
  ports: NodePorts,
  taken: ReadonlyMap<string, ReadonlySet<string>>,
): InputPort | ConnectionTrouble {
  if (ports.type === undefined) {
    return { name: input ?? "input", type: ANY, required: false, collects: false, description: "" };
  }
  if (input !== undefined) {
    const port = ports.inputs.get(input);
    if (port === undefined) return "unknown_port";
    return port === TRIGGER || isFitting(output.type, port) ? port : "incompatible_ports";
  }
  const inputs = dataInputs(ports);
  if (inputs.length === 0) return TRIGGER;
  const fitting = inputs.filter((port) => isFitting(output.type, port));
  return freeInput(fitting, node, taken.get(node.id)) ?? "incompatible_ports";
}

/** The first of `fitting` that is free; where all are taken, one that branches may merge into. */
export function freeInput(
  fitting: readonly InputPort[],
  node: WorkflowNode,
  taken: ReadonlySet<string> = new Set(),
): InputPort | undefined {
  const config = configOf(node);
  return (
    fitting.find((port) => port.collects || (!taken.has(port.name) && !(port.name in config))) ??
    fitting.find((port) => !(port.name in config)) ??
    fitting[0]
  );
}

/** The inputs of a node that connections fill. */
export function filledInputs(graph: Graph, id: string, catalogue: Catalogue): Set<string> {
  const filled = new Set<string>();
  for (const { target, input } of resolve(graph, catalogue))
    if (target === id && input !== undefined) filled.add(input);
  return filled;
}
