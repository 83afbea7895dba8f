// What others read of nodes that become a workflow of their own: its outputs.
import type { Catalogue } from "@/model/catalogue";
import { restOf, rewriteChains } from "@/model/expression/references";
import { writeSegment } from "@/model/expression/scan";
import type { Json } from "@/model/json";
import { portsOf, TRIGGER } from "@/model/ports";
import type { ResolvedConnection } from "@/model/resolve";
import { mapGraphTexts } from "@/model/operations/edit";
import { readOutput } from "@/model/operations/container";
import { idsOf, uniqueId } from "@/model/operations/naming";
import { configOf, findNode, type Connection, type Graph, type WorkflowNode } from "@/model/workflow";

/** The outputs of the extracted nodes that are read outside; `call` is the node that stands for them. */
export class Outputs {
  private readonly names = new Map<string, string>();
  private readonly links: readonly ResolvedConnection[];

  constructor(
    private readonly graph: Graph,
    readonly ids: ReadonlySet<string>,
    links: readonly ResolvedConnection[],
    readonly call: string,
  ) {
    this.links = links.filter((one) => ids.has(one.source) && !ids.has(one.target));
    for (const link of this.links) this.add(link.source, link.output);
  }

  /** Note that it is read. */
  add(id: string, port: string | undefined): void {
    const key = readOutput(id, port);
    if (this.names.has(key)) return;
    const word = (port === undefined || port === "output" ? id : `${id}_${port}`).replaceAll("-", "_");
    this.names.set(key, uniqueId(word, new Set(this.names.values())).replaceAll("-", "_"));
  }

  /** The node that publishes a name, if it is one of them. */
  publisher(name: string): string | undefined {
    return this.graph.nodes.find((node) => this.ids.has(node.id) && node.publish === name)?.id;
  }

  /** What the workflow gives: one value, or an object of several. */
  get value(): Json | undefined {
    const entries = [...this.names].map(([key, name]) => [name, `{{ ${key} }}`] as const);
    return entries.length === 1 ? entries[0]?.[1] : entries.length > 1 ? Object.fromEntries(entries) : undefined;
  }

  /** How one of them is read from outside now. */
  expression(id: string, port: string | undefined): string {
    const field = this.names.size > 1 ? `.${this.names.get(readOutput(id, port)) ?? id}` : "";
    return `nodes${writeSegment(this.call, false, true)}.output${field}`;
  }

  /** The rest of the graph with its connections from the call; a field of several outputs is read by an expression. */
  wire(rest: Graph, catalogue: Catalogue): Graph {
    let nodes = rest.nodes;
    const taken = idsOf(this.graph).add(this.call);
    const added: WorkflowNode[] = [];
    const connections = new Map<number, Connection>();
    for (const link of this.links) {
      const target = findNode(rest, link.target);
      if (target === undefined || link.input === undefined) continue;
      const input = portsOf(target, catalogue).inputs.get(link.input);
      if (this.names.size === 1 || input === TRIGGER) {
        connections.set(link.index, { source: this.call, output: "output", target: link.target, input: link.input });
      } else if (input?.collects || link.input in configOf(target)) {
        const id = uniqueId(
          this.names.get(readOutput(link.source, link.output))?.replaceAll("_", "-") ?? "value",
          taken,
        );
        taken.add(id);
        added.push({ id, type: "data.transform", config: { transform: this.expression(link.source, link.output) } });
        connections.set(link.index, { source: id, output: "output", target: link.target, input: link.input });
      } else {
        const read = { [link.input]: `{{ ${this.expression(link.source, link.output)} }}` };
        nodes = nodes.map((node) =>
          node.id === target.id ? { ...node, config: { ...configOf(node), ...read } } : node,
        );
      }
    }
    // In their old places: inputs that collect keep their order.
    const left = new Set(rest.connections);
    const all = this.graph.connections.flatMap((one, index) => (left.has(one) ? one : (connections.get(index) ?? [])));
    return { ...rest, nodes: [...nodes, ...added], connections: all };
  }
}

/** The rest of the graph with expressions that read extracted nodes reading the call. */
export function writeAsOutputs(rest: Graph, catalogue: Catalogue, outputs: Outputs): Graph {
  const read = (write: boolean): Graph =>
    mapGraphTexts(rest, catalogue, (text, mode) =>
      rewriteChains(text, mode, (chain) => {
        const [first, second] = chain.segments;
        const isNode = chain.root === "nodes" || chain.root === "steps";
        const id = isNode && first && outputs.ids.has(first.key) ? first.key : outputs.publisher(chain.root);
        if (id === undefined) return undefined;
        const port = isNode ? second?.key : undefined;
        if (!write) outputs.add(id, port);
        const taken = isNode ? Math.min(2, chain.segments.length) : 0;
        return write ? outputs.expression(id, port) + restOf(text, chain, taken) : undefined;
      }),
    );
  // Twice: whether there is one output or several is known only when all are found.
  read(false);
  return read(true);
}
