// The wire that is being drawn: from which port, and which ports it may end at.
import { create } from "zustand";
import type { Catalogue } from "@/model/catalogue";
import type { OpenPort } from "@/model/compatibility";
import { isFitting } from "@/model/fitting";
import { downstreamOf, orderOf, upstreamOf } from "@/model/order";
import { graphAt, graphOf, idOf, nodeAt, type NodePath } from "@/model/path";
import { portsOf, TRIGGER } from "@/model/ports";
import type { Workflow } from "@/model/workflow";

export interface OpenEnd {
  readonly node: NodePath;
  readonly port: string;
  readonly side: "output" | "input";
}

interface Drawing {
  readonly from: OpenEnd | undefined;
  /** The ports it may end at, as `portKey`. */
  readonly fits: ReadonlySet<string>;
  start: (workflow: Workflow, catalogue: Catalogue, from: OpenEnd) => void;
  stop: () => void;
}

const NONE: ReadonlySet<string> = new Set();

export const useDrawing = create<Drawing>((set) => ({
  from: undefined,
  fits: NONE,
  start: (workflow, catalogue, from) => set({ from, fits: fittingPorts(workflow, catalogue, from) }),
  stop: () => set({ from: undefined, fits: NONE }),
}));

export function portKey(node: NodePath, port: string, side: "output" | "input"): string {
  return `${node} ${side} ${port}`;
}

/** What an open end asks of the port at the other end; undefined where nobody knows the port. */
export function openPort(workflow: Workflow, catalogue: Catalogue, from: OpenEnd): OpenPort | undefined {
  const node = graphAt(workflow, graphOf(from.node))?.nodes.find((one) => one.id === idOf(from.node));
  if (node === undefined) return undefined;
  const ports = portsOf(node, catalogue);
  if (from.side === "output") {
    const output = ports.outputs.get(from.port);
    return output && { side: "output", type: output.type };
  }
  const input = ports.inputs.get(from.port);
  return input && { side: "input", port: input };
}

/** All ports of the graph that the wire may end at, by their types and by who waits for whom. */
export function fittingPorts(workflow: Workflow, catalogue: Catalogue, from: OpenEnd): ReadonlySet<string> {
  const path = graphOf(from.node);
  const graph = graphAt(workflow, path);
  const open = openPort(workflow, catalogue, from);
  if (graph === undefined || open === undefined) return NONE;
  const order = orderOf(workflow, catalogue).get(path) ?? new Map<string, ReadonlySet<string>>();
  const id = idOf(from.node);
  // From an output, what it waits for itself may not wait for it.
  const closed = open.side === "output" ? upstreamOf(order, id) : downstreamOf(order, id);
  const fits = new Set<string>();
  for (const node of graph.nodes) {
    const ports = portsOf(node, catalogue);
    if (node.id === id || closed.has(node.id) || ports.type?.kind === "note") continue;
    const at = nodeAt(path, node.id);
    if (open.side === "output") {
      for (const input of ports.inputs.values()) {
        if (input === TRIGGER || isFitting(open.type, input)) fits.add(portKey(at, input.name, "input"));
      }
    } else {
      for (const output of ports.outputs.values()) {
        if (open.port === TRIGGER || isFitting(output.type, open.port)) fits.add(portKey(at, output.name, "output"));
      }
    }
  }
  return fits;
}
