// The ports of a node with its config.
import type { Catalogue, InputPort, NodeType, OutputPort } from "@/model/catalogue";
import { PORT_RULES } from "@/model/portRules";
import { ANY } from "@/model/portType";
import { configOf, type WorkflowNode } from "@/model/workflow";

/** Every node has it. */
export const TRIGGER: InputPort = {
  name: "trigger",
  type: ANY,
  required: false,
  collects: true,
  description: "Runs the node when live; carries no value.",
};

/** A node with `on_error: branch` has it. */
export const ERROR: OutputPort = {
  name: "error",
  type: { kind: "object" },
  branch: true,
  description: "With `on_error: branch`: {type, message, node, attempt, details}.",
};

/** `trigger` is among the inputs, `error` among the outputs of a node that branches on errors. `type` is undefined where
 * the catalogue does not know it. */
export interface NodePorts {
  readonly type: NodeType | undefined;
  readonly inputs: ReadonlyMap<string, InputPort>;
  readonly outputs: ReadonlyMap<string, OutputPort>;
}

const known = new WeakMap<Catalogue, WeakMap<WorkflowNode, NodePorts>>();

/** The same object for the same node, so that a canvas may compare by identity. */
export function portsOf(node: WorkflowNode, catalogue: Catalogue): NodePorts {
  let ofCatalogue = known.get(catalogue);
  if (ofCatalogue === undefined) known.set(catalogue, (ofCatalogue = new WeakMap()));
  const before = ofCatalogue.get(node);
  if (before !== undefined) return before;
  const ports = makePorts(node, catalogue);
  ofCatalogue.set(node, ports);
  return ports;
}

function makePorts(node: WorkflowNode, catalogue: Catalogue): NodePorts {
  const type = catalogue.find(node.type);
  if (type === undefined) return { type, inputs: new Map([[TRIGGER.name, TRIGGER]]), outputs: new Map() };
  const config = configOf(node);
  const rule = type.portsDependOnConfig ? PORT_RULES[type.type] : undefined;
  const answer = type.portsDependOnConfig && rule === undefined ? catalogue.answered(type.type, config) : undefined;
  const inputs = new Map(
    (rule?.inputs?.(config) ?? answer?.inputs ?? type.inputs).map((port) => [port.name, port] as const),
  );
  const outputs = new Map(
    (rule?.outputs?.(config) ?? answer?.outputs ?? type.outputs).map((port) => [port.name, port] as const),
  );
  if (!inputs.has(TRIGGER.name)) inputs.set(TRIGGER.name, TRIGGER);
  if (node.on_error === "branch" && !outputs.has(ERROR.name)) outputs.set(ERROR.name, ERROR);
  return { type, inputs, outputs };
}

/** Whether the server must be asked which ports the node has with its config. */
export function asksForPorts(node: WorkflowNode, catalogue: Catalogue): boolean {
  const type = catalogue.find(node.type);
  if (type === undefined || !type.portsDependOnConfig || type.type in PORT_RULES) return false;
  return catalogue.answered(type.type, configOf(node)) === undefined;
}

/** The outputs beside `error`. */
export function dataOutputs(ports: NodePorts): OutputPort[] {
  return [...ports.outputs.values()].filter((port) => port !== ERROR);
}

/** The inputs beside `trigger`. */
export function dataInputs(ports: NodePorts): InputPort[] {
  return [...ports.inputs.values()].filter((port) => port !== TRIGGER);
}

/** The only output beside `error`, if there is one. */
export function singleOutput(ports: NodePorts): OutputPort | undefined {
  const outputs = dataOutputs(ports);
  return outputs.length === 1 ? outputs[0] : undefined;
}

/** The output called `name`; a single output also answers to `output`. */
export function findOutput(ports: NodePorts, name: string): OutputPort | undefined {
  return ports.outputs.get(name) ?? (name === "output" ? singleOutput(ports) : undefined);
}
