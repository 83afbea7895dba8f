// Give a node another type and keep what fits: id, title, policies, config fields and connections of the same name.
import type { Catalogue, ConfigField, NodeType } from "@/model/catalogue";
import { mayConnect } from "@/model/compatibility";
import { isList, isObject, type Json } from "@/model/json";
import { graphAt, graphOf, idOf, nodeOf, withGraph, withNode, type GraphPath, type NodePath } from "@/model/path";
import { count, listed, refuse, type Result } from "@/model/result";
import { resolve, type ResolvedConnection } from "@/model/resolve";
import { edited, type Edit } from "@/model/operations/edit";
import { bodiesOf, configOf, EMPTY_GRAPH, type Connection, type Workflow, type WorkflowNode } from "@/model/workflow";

export function replaceType(workflow: Workflow, catalogue: Catalogue, path: NodePath, type: string): Result<Edit> {
  const node = nodeOf(workflow, path);
  const wanted = catalogue.find(type);
  if (node === undefined) return refuse("There is no such node.");
  if (wanted === undefined) return refuse(`There is no node type \`${type}\`.`);
  if (node.type === type) return refuse(`\`${node.id}\` is of this type already.`);
  const homeless = bodiesOf(node).filter(([name, body]) => body.nodes.length > 0 && !wanted.bodies.includes(name));
  if (homeless.length > 0) {
    const held = homeless.reduce((sum, [, body]) => sum + body.nodes.length, 0);
    return refuse(
      `\`${node.id}\` holds ${count(held, "node")}, and \`${type}\` has no place for them.`,
      "Move them out first.",
    );
  }
  const graphPath = graphOf(path);
  const before = resolve(graphAt(workflow, graphPath) ?? EMPTY_GRAPH, catalogue);
  const changed = withNode(workflow, path, (one) => withType(one, wanted));
  const { after, lost } = rewire(changed, catalogue, graphPath, idOf(path), before);
  const dropped = Object.keys(configOf(node)).filter((name) => !(name in configOf(nodeOf(after, path) ?? node)));
  const notes = [
    ...(dropped.length > 0 ? [`\`${type}\` has no use for ${listed(dropped)}.`] : []),
    ...(lost.length > 0 ? [`${count(lost.length, "connection")} did not fit and went: ${listed(lost)}.`] : []),
  ];
  return edited(after, `Replace ${node.id} by ${wanted.title}`, { selection: [path], notes });
}

function withType(node: WorkflowNode, type: NodeType): WorkflowNode {
  const { body, catch: caught, finally: last, config, ...rest } = node;
  const kept = Object.entries(config ?? {}).filter(([name, value]) => isKept(type, name, value));
  const after: WorkflowNode = { ...rest, type: type.type };
  return {
    ...after,
    ...(config === undefined ? {} : { config: Object.fromEntries(kept) }),
    ...(type.bodies.includes("body") ? { body: body ?? EMPTY_GRAPH } : {}),
    ...(caught && type.bodies.includes("catch") ? { catch: caught } : {}),
    ...(last && type.bodies.includes("finally") ? { finally: last } : {}),
  };
}

/** A field of the same name that takes such a value, or an input of that name. */
function isKept(type: NodeType, name: string, value: Json): boolean {
  const field = type.config.find((one) => one.name === name);
  if (field === undefined) return type.inputs.some((port) => port.name === name && !port.collects);
  return (typeof value === "string" && value.includes("{{") && field.kind !== "literal") || takes(field, value);
}

function takes(field: ConfigField, value: Json): boolean {
  const arms = isList(field.schema["anyOf"]) ? field.schema["anyOf"] : [field.schema];
  return arms.some((arm) => {
    if (!isObject(arm)) return true;
    if (isList(arm["enum"])) return arm["enum"].includes(value);
    const kind = arm["type"];
    return typeof kind !== "string" || kindsOf(value).includes(kind);
  });
}

function kindsOf(value: Json): string[] {
  if (value === null) return ["null"];
  if (isList(value)) return ["array"];
  if (typeof value === "number") return Number.isInteger(value) ? ["integer", "number"] : ["number"];
  return [typeof value === "object" ? "object" : typeof value];
}

/** Connections of the node where ports of the same name fit, or others do. */
function rewire(
  workflow: Workflow,
  catalogue: Catalogue,
  path: GraphPath,
  id: string,
  before: readonly ResolvedConnection[],
): { after: Workflow; lost: string[] } {
  const lost: string[] = [];
  const isOurs = (one: ResolvedConnection): boolean => one.source === id || one.target === id;
  const written = graphAt(workflow, path)?.connections ?? [];
  let after = withGraph(workflow, path, (graph) => ({
    ...graph,
    connections: before.filter((one) => !isOurs(one)).flatMap((one) => written[one.index] ?? []),
  }));
  const found = new Map<number, Connection>();
  for (const link of before.filter(isOurs)) {
    const joined = rejoin(after, catalogue, path, id, link);
    if (joined === undefined) {
      lost.push(
        link.source === id ? `${link.target}.${link.input ?? "input"}` : `${link.source}.${link.output ?? "output"}`,
      );
      continue;
    }
    found.set(link.index, joined);
    after = withGraph(after, path, (graph) => ({ ...graph, connections: [...graph.connections, joined] }));
  }
  // Back into the order they had: inputs that collect depend on it.
  const connections = before.flatMap((one) => (isOurs(one) ? found.get(one.index) : written[one.index]) ?? []);
  return { after: withGraph(after, path, (graph) => ({ ...graph, connections })), lost };
}

function rejoin(
  workflow: Workflow,
  catalogue: Catalogue,
  path: GraphPath,
  id: string,
  link: ResolvedConnection,
): Connection | undefined {
  const [from, to] = [
    { node: link.source, port: link.output },
    { node: link.target, port: link.input },
  ];
  const tries =
    link.source === id
      ? [
          [from, to],
          [{ node: id }, to],
        ]
      : [
          [from, to],
          [from, { node: id }],
        ];
  for (const [source, target] of tries) {
    if (source === undefined || target === undefined) continue;
    const joined = mayConnect(workflow, catalogue, path, source, target);
    if (joined.ok) {
      const { output, input } = joined.value;
      return { source: link.source, output: output.name, target: link.target, input: input.name };
    }
  }
  return undefined;
}
