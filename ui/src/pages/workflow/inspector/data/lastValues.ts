// What a run says of a node: its results, what arrived at it, and what expressions in it could read.
import type { Catalogue } from "@/model/catalogue";
import type { Samples } from "@/model/completion";
import { isList, isObject, type Json, type JsonObject } from "@/model/json";
import { graphAt, graphOf, levelsOf, nodeAt, nodeOf, ownerOf, type NodePath } from "@/model/path";
import { dataInputs, dataOutputs, portsOf } from "@/model/ports";
import { resolve } from "@/model/resolve";
import { configOf, hasPin, type Workflow, type WorkflowNode } from "@/model/workflow";

export type Ports = Readonly<Record<string, Json>>;

/** A run as far as it is read here. */
export interface RunValues {
  readonly id: string;
  readonly workflow: string;
  readonly version: string;
  readonly mode: string;
  readonly created_at: string;
  readonly input: JsonObject;
  readonly params: JsonObject;
  /** By run path: `each[2]/send`. */
  readonly nodes: Readonly<Record<string, { readonly status: string; readonly outputs: Ports }>>;
}

/** `each[2]/send` is the third time that `each/send` ran. */
export function withoutIterations(runPath: string): NodePath {
  return runPath.replace(/\[\d+\]/g, "");
}

/** What the graph that a node stands in begins with in the run, once for each time it ran: `each[0]/`, `each[1]/`. */
export function iterationsOf(run: RunValues | undefined, path: NodePath): string[] {
  const graph = graphOf(path);
  if (graph === "") return [""];
  const found = new Set<string>();
  for (const runPath of Object.keys(run?.nodes ?? {})) {
    const parts = runPath.split("/");
    const prefix = parts.slice(0, graph.split("/").length).join("/");
    if (parts.length > graph.split("/").length && withoutIterations(prefix) === graph) found.add(`${prefix}/`);
  }
  return [...found].toSorted((one, other) => one.localeCompare(other, undefined, { numeric: true }));
}

/** Where the node ran, `prefix` being one of its iterations. */
export function runPathOf(path: NodePath, prefix: string): string {
  return `${prefix}${path.slice(graphOf(path) === "" ? 0 : graphOf(path).length + 1)}`;
}

export interface LastValues {
  readonly samples: Samples;
  /** What arrived, by input. */
  readonly inputs: Ports;
  /** How many items a field that is evaluated for each of them sees. */
  readonly items: number;
}

/** Everything known about the values around a node: its run's, and what is pinned counts before. `item` is the one `at`. */
export function lastValues(
  workflow: Workflow,
  catalogue: Catalogue,
  path: NodePath,
  run: RunValues | undefined,
  prefix: string,
  at = 0,
): LastValues {
  const nodes: { [id: string]: Ports } = {};
  let here = prefix;
  for (const level of levelsOf(graphOf(path))) {
    for (const node of graphAt(workflow, level)?.nodes ?? []) {
      const outputs = nodes[node.id] ?? outputsOf(node, catalogue, run, runPathOf(nodeAt(level, node.id), here));
      if (outputs !== undefined) nodes[node.id] = outputs;
    }
    here = outer(here);
  }
  const inputs = inputsOf(workflow, catalogue, path, nodes);
  const roots: { [name: string]: Json } = { input: inputs, ...rootsOf(workflow, catalogue, path, run, prefix, inputs, at) };
  return { samples: { nodes, roots }, inputs, items: itemsOf(inputs).length };
}

function outer(prefix: string): string {
  const left = prefix.replace(/[^/]*\/$/, "");
  return left;
}

function outputsOf(
  node: WorkflowNode,
  catalogue: Catalogue,
  run: RunValues | undefined,
  runPath: string,
): Ports | undefined {
  if (hasPin(node) && node.pinned !== undefined) return pinnedPorts(node, catalogue, node.pinned);
  const result = run?.nodes[runPath];
  return result !== undefined && Object.keys(result.outputs).length > 0 ? result.outputs : undefined;
}

/** A pinned value by output port, as the run in test mode takes it. */
export function pinnedPorts(node: WorkflowNode, catalogue: Catalogue, pinned: Json): Ports {
  const outputs = dataOutputs(portsOf(node, catalogue));
  const [only] = outputs;
  if (outputs.length === 1 && only !== undefined) return { [only.name]: pinned };
  return isObject(pinned) ? pinned : { output: pinned };
}

/** What to pin so that the node gives these outputs again. */
export function toPin(node: WorkflowNode, catalogue: Catalogue, outputs: Ports): Json {
  const ports = dataOutputs(portsOf(node, catalogue));
  const [only] = ports;
  const value = ports.length === 1 && only !== undefined ? outputs[only.name] : undefined;
  return value === undefined ? { ...outputs } : value;
}

function inputsOf(
  workflow: Workflow,
  catalogue: Catalogue,
  path: NodePath,
  nodes: Readonly<Record<string, Ports>>,
): Ports {
  const graph = graphAt(workflow, graphOf(path));
  const node = nodeOf(workflow, path);
  if (graph === undefined || node === undefined) return {};
  const found: { [name: string]: Json } = {};
  const collecting = new Set(dataInputs(portsOf(node, catalogue)).flatMap((port) => (port.collects ? [port.name] : [])));
  for (const { source, output, target, input } of resolve(graph, catalogue)) {
    if (target !== node.id || input === undefined || output === undefined || input === "trigger") continue;
    const value = nodes[source]?.[output];
    if (value === undefined) continue;
    const before = found[input];
    if (collecting.has(input)) found[input] = [...(isList(before) ? before : []), value];
    else found[input] ??= value;
  }
  const config = configOf(node);
  for (const port of dataInputs(portsOf(node, catalogue))) {
    const given = config[port.name];
    if (given !== undefined && !(port.name in found)) found[port.name] = given;
  }
  return found;
}

function rootsOf(
  workflow: Workflow,
  catalogue: Catalogue,
  path: NodePath,
  run: RunValues | undefined,
  prefix: string,
  inputs: Ports,
  at: number,
): JsonObject {
  const roots: { [name: string]: Json } = {};
  if (run !== undefined) {
    roots["workflow"] = { input: run.input, name: run.workflow, version: run.version, mode: run.mode };
    roots["run"] = { id: run.id, started_at: run.created_at, attempt: 1 };
    roots["params"] = run.params;
  }
  const items = itemsOf(inputs);
  const index = Math.min(at, items.length - 1);
  const item = items[index];
  if (item !== undefined) Object.assign(roots, { item, index, items: [...items] });
  const loop = loopOf(workflow, catalogue, path, run, prefix);
  if (loop !== undefined) roots["loop"] = loop;
  return roots;
}

function itemsOf(inputs: Ports): readonly Json[] {
  return Object.values(inputs).find(isList) ?? [];
}

/** `loop`, in the body of a loop over items: the item is the one of this iteration. */
function loopOf(
  workflow: Workflow,
  catalogue: Catalogue,
  path: NodePath,
  run: RunValues | undefined,
  prefix: string,
): JsonObject | undefined {
  const container = ownerOf(graphOf(path))?.container;
  if (container === undefined || nodeOf(workflow, container)?.type !== "flow.loop") return undefined;
  const index = Number(/\[(\d+)\][^/[]*\/$/.exec(prefix)?.[1] ?? 0);
  const around = lastValues(workflow, catalogue, container, run, outer(prefix));
  const items = Object.values(around.inputs).find(isList);
  const item = items?.[index];
  return item === undefined || items === undefined ? { index } : { item, index, count: items.length };
}
