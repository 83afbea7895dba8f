// May this output be connected to that input, and what would fit? Reasons are sentences for people.
import type { Catalogue, InputPort, NodeType, OutputPort } from "@/model/catalogue";
import { fitting, isFitting } from "@/model/fitting";
import { downstreamOf, orderOf, upstreamOf, waitingFor } from "@/model/order";
import { graphAt, type GraphPath } from "@/model/path";
import { ANY, carried, type PortType } from "@/model/portType";
import { dataInputs, dataOutputs, ERROR, findOutput, portsOf, TRIGGER } from "@/model/ports";
import { done, listed, refuse, type Result } from "@/model/result";
import { freeInput, filledInputs, resolve } from "@/model/resolve";
import { findNode, type Graph, type Workflow } from "@/model/workflow";

/** A port of a node of one graph. Without a port, the one that fits is taken. */
export interface End {
  readonly node: string;
  readonly port?: string | undefined;
}

export interface Joined {
  readonly output: OutputPort;
  readonly input: InputPort;
}

/** Whether the two may be connected, and by which ports; otherwise why not. */
export function mayConnect(
  workflow: Workflow,
  catalogue: Catalogue,
  graphPath: GraphPath,
  from: End,
  to: End,
): Result<Joined> {
  const graph = graphAt(workflow, graphPath);
  if (graph === undefined || !findNode(graph, from.node) || !findNode(graph, to.node)) {
    return refuse(
      "Both nodes must stand in the same graph.",
      "To read a node outside a container from inside it, write an expression; from outside, read the container.",
    );
  }
  if (from.node === to.node) return refuse("A node cannot feed itself.", "To repeat something, use a loop.");
  const joined = joinPorts(graph, catalogue, from, to);
  if (!joined.ok) return joined;
  const { output, input } = joined.value;
  const isThere = resolve(graph, catalogue).some(
    (one) =>
      one.source === from.node && one.target === to.node && one.output === output.name && one.input === input.name,
  );
  if (isThere) return refuse(`\`${from.node}.${output.name}\` is connected to \`${to.node}.${input.name}\` already.`);
  const way = waitingFor(orderOf(workflow, catalogue).get(graphPath) ?? new Map(), from.node, to.node);
  if (way === undefined) return joined;
  const circle = [...way.toReversed(), to.node].map((id) => `\`${id}\``).join(" → ");
  return refuse(`The nodes would wait for each other: ${circle}.`, "To repeat something, use a loop.");
}

function joinPorts(graph: Graph, catalogue: Catalogue, from: End, to: End): Result<Joined> {
  const [source, target] = [findNode(graph, from.node), findNode(graph, to.node)];
  if (source === undefined || target === undefined) return refuse("There is no such node here.");
  const [outputs, inputs] = [portsOf(source, catalogue), portsOf(target, catalogue)];
  if (inputs.type?.kind === "note") return refuse(`\`${to.node}\` is a note: it has no inputs.`);
  const output = from.port === undefined ? dataOutputs(outputs)[0] : findOutput(outputs, from.port);
  if (output === undefined) return unknownOutput(from, outputs.type, [...outputs.outputs.keys()]);
  if (to.port !== undefined) {
    const input = inputs.inputs.get(to.port) ?? (inputs.type === undefined ? openInput(to.port) : undefined);
    if (input === undefined) {
      return refuse(
        `\`${to.node}\` has no input \`${to.port}\`.`,
        `Its inputs are ${listed([...inputs.inputs.keys()])}.`,
      );
    }
    if (input === TRIGGER || isFitting(output.type, input)) return done({ output, input });
    return misfit(output, input, dataOutputs(outputs), from.node);
  }
  const fits = dataInputs(inputs).filter((port) => isFitting(output.type, port));
  const free = freeInput(fits, target, filledInputs(graph, to.node, catalogue));
  if (free !== undefined) return done({ output, input: free });
  const first = dataInputs(inputs)[0];
  return first === undefined
    ? done({ output, input: TRIGGER })
    : misfit(output, first, dataOutputs(outputs), from.node);
}

function openInput(name: string): InputPort {
  return { name, type: ANY, required: false, collects: false, description: "" };
}

function unknownOutput({ node, port }: End, type: NodeType | undefined, names: readonly string[]): Result<Joined> {
  if (port === ERROR.name) {
    return refuse(`\`${node}\` has no output \`error\`.`, `Let \`${node}\` branch on errors to have it.`);
  }
  if (names.length > 0) return refuse(`\`${node}\` has no output \`${port}\`.`, `Its outputs are ${listed(names)}.`);
  if (type === undefined) return refuse(`Nobody knows which outputs \`${node}\` has: its type is not installed.`);
  return refuse(
    `\`${node}\` has no output to connect.`,
    `To run something after it, write \`after: [${node}]\` there.`,
  );
}

function misfit(output: OutputPort, input: InputPort, others: readonly OutputPort[], node: string): Result<Joined> {
  const between = ["text", "bytes"].includes(output.type.kind) ? "data.parse" : "data.transform";
  const other = others.find((port) => port !== output && isFitting(port.type, input));
  const instead = other === undefined ? "" : `, or connect \`${node}.${other.name}\``;
  return refuse(
    `\`${output.name}\` gives ${carried(output.type)}; \`${input.name}\` takes ${carried(input.type)}.`,
    `Put \`${between}\` between them${instead}.`,
  );
}

/** A node type with the port of it that fits best. `fit`: 3 the same kind, 2 widened, 1 unknown. */
export interface Fitting<Port> {
  readonly type: NodeType;
  readonly port: Port;
  readonly fit: number;
}

/** Where a new connection begins or ends: what the palette is to offer. */
export type OpenPort =
  { readonly side: "output"; readonly type: PortType } | { readonly side: "input"; readonly port: InputPort };

/** The node types with a port that fits, the best first; in the catalogue's order where they fit alike. */
export function typesThatFit(catalogue: Catalogue, open: OpenPort): Fitting<InputPort | OutputPort>[] {
  const all = catalogue.types.flatMap((type): Fitting<InputPort | OutputPort>[] => {
    const found = open.side === "output" ? bestInput(type, open.type) : bestOutput(type, open.port);
    return found === undefined ? [] : [{ type, ...found }];
  });
  return all.toSorted((one, other) => other.fit - one.fit);
}

/** The input of a node type that takes a value best; the first where several do alike. */
export function bestInput(type: NodeType, output: PortType): { port: InputPort; fit: number } | undefined {
  return best(type.inputs, (port) => fitting(output, port));
}

export function bestOutput(type: NodeType, input: InputPort): { port: OutputPort; fit: number } | undefined {
  if (type.kind === "note") return undefined;
  return best(type.outputs, (port) => (input.name === TRIGGER.name ? 1 : fitting(port.type, input)));
}

function best<Port>(ports: readonly Port[], fitOf: (port: Port) => number): { port: Port; fit: number } | undefined {
  let found: { port: Port; fit: number } | undefined;
  for (const port of ports) {
    const fit = fitOf(port);
    if (fit > (found?.fit ?? 0)) found = { port, fit };
  }
  return found;
}

/** What lights up while a wire is drawn: by node, the ports where it may end. One answer for the whole graph, since
 * what waits for what is the same for all of them. */
export function portsThatFit(
  workflow: Workflow,
  catalogue: Catalogue,
  graphPath: GraphPath,
  open: End & { readonly side: "output" | "input" },
): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, readonly string[]>();
  const graph = graphAt(workflow, graphPath);
  const start = graph && findNode(graph, open.node);
  if (graph === undefined || start === undefined) return found;
  const ports = portsOf(start, catalogue);
  const output = open.side === "output" ? findOutput(ports, open.port ?? "output") : undefined;
  const input = open.side === "input" ? ports.inputs.get(open.port ?? "") : undefined;
  if (output === undefined && input === undefined) return found;
  const before = orderOf(workflow, catalogue).get(graphPath) ?? new Map<string, ReadonlySet<string>>();
  const circular = output === undefined ? downstreamOf(before, open.node) : upstreamOf(before, open.node);
  const taken = new Set(
    resolve(graph, catalogue)
      .filter((one) =>
        output === undefined
          ? one.target === open.node && one.input === open.port
          : one.source === open.node && one.output === output.name,
      )
      .map((one) => (output === undefined ? `${one.source}.${one.output}` : `${one.target}.${one.input}`)),
  );
  for (const node of graph.nodes) {
    if (node.id === open.node || circular.has(node.id)) continue;
    const there = portsOf(node, catalogue);
    if (there.type?.kind === "note") continue;
    const names = output
      ? [...there.inputs.values()].filter((port) => port === TRIGGER || isFitting(output.type, port))
      : [...there.outputs.values()].filter((port) => input && (input === TRIGGER || isFitting(port.type, input)));
    const free = names.map((port) => port.name).filter((name) => !taken.has(`${node.id}.${name}`));
    if (free.length > 0) found.set(node.id, free);
  }
  return found;
}
