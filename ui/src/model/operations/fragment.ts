// Copy nodes as a workflow file of their own, and read what somebody pastes.
import type { Catalogue } from "@/model/catalogue";
import { load, serialise } from "@/model/document";
import { chainsIn } from "@/model/expression/scan";
import { isList, isObject, textsIn, type Json } from "@/model/json";
import { graphAt, graphOf, idOf, walkGraphs, type NodePath } from "@/model/path";
import { done, refuse, type Result } from "@/model/result";
import { textsOf } from "@/model/texts";
import { withAfter } from "@/model/operations/edit";
import { outermost } from "@/model/operations/remove";
import { writeYaml } from "@/model/yaml";
import type { Graph, Workflow } from "@/model/workflow";

/** Nodes of one graph, with the connections, groups and inputs among them, as a workflow that could be run. */
export function copyNodes(workflow: Workflow, catalogue: Catalogue, paths: readonly NodePath[]): Result<Workflow> {
  const chosen = chosenOf(workflow, paths);
  if (!chosen.ok) return chosen;
  const { graph, ids } = chosen.value;
  const within = withoutOutside(graph, ids);
  const inputs = inputsRead(within, catalogue, workflow.inputs ?? {});
  const name = `${workflow.name}-part`.slice(0, 100);
  return done({ name, ...(Object.keys(inputs).length > 0 ? { inputs } : {}), ...within });
}

/** The chosen nodes of one graph, by id. Refused where they stand in several. */
export function chosenOf(workflow: Workflow, paths: readonly NodePath[]): Result<{ graph: Graph; ids: Set<string> }> {
  const chosen = outermost(paths);
  const [first] = chosen;
  const graph = first === undefined ? undefined : graphAt(workflow, graphOf(first));
  if (first === undefined || graph === undefined) return refuse("Nothing is selected.");
  if (chosen.some((path) => graphOf(path) !== graphOf(first))) {
    return refuse(
      "The selected nodes stand in different graphs.",
      "Select nodes inside one container, or outside all.",
    );
  }
  const ids = new Set(chosen.map(idOf));
  return graph.nodes.some((node) => ids.has(node.id)) ? done({ graph, ids }) : refuse("Nothing is selected.");
}

/** Those nodes of a graph, and what is between them. */
export function withoutOutside(graph: Graph, ids: ReadonlySet<string>, keepsAfter = false): Graph {
  const groups = (graph.groups ?? []).filter((group) => group.nodes.every((id) => ids.has(id)));
  return {
    nodes: graph.nodes
      .filter((node) => ids.has(node.id))
      .map((node) =>
        keepsAfter || node.after === undefined
          ? node
          : withAfter(
              node,
              node.after.filter((id) => ids.has(id)),
            ),
      ),
    connections: graph.connections.filter(({ source, target }) => ids.has(source) && ids.has(target)),
    ...(groups.length > 0 ? { groups } : {}),
  };
}

/** The inputs of the workflow that a graph reads. */
export function inputsRead(
  graph: Graph,
  catalogue: Catalogue,
  inputs: Readonly<Record<string, Json>>,
): Record<string, Json> {
  const names = new Set<string>();
  for (const [, body] of walkGraphs(graph)) {
    const texts = body.nodes.flatMap((node) => [...textsOf(node, catalogue)]);
    for (const [, text] of textsIn(body.outputs)) texts.push({ path: [], text, mode: "template" });
    for (const { text, mode } of texts) {
      if (!text.includes("workflow")) continue;
      for (const { root, segments } of chainsIn(text, mode)) {
        if (root === "workflow" && segments[0]?.key === "input" && segments[1]) names.add(segments[1].key);
      }
    }
  }
  return Object.fromEntries(Object.entries(inputs).filter(([name]) => names.has(name)));
}

export function fragmentText(fragment: Workflow, kind: "json" | "yaml"): string {
  const raw = serialise(fragment);
  return kind === "json" ? `${JSON.stringify(raw, null, 2)}\n` : writeYaml(raw);
}

/** What a pasted text holds. Steps are drawn by the server: `ask` it for the graph of the text. */
export type Pasted =
  | { readonly kind: "workflows"; readonly workflows: readonly Workflow[] }
  | { readonly kind: "ask"; readonly text: string };

/** Read a workflow file, a part of one, or nodes alone. `parseYaml` reads YAML, and raises where it cannot. */
export function readPasted(text: string, parseYaml?: (text: string) => unknown): Result<Pasted> {
  const raw = parse(text, parseYaml);
  if (!raw.ok) return raw;
  const value = raw.value;
  const files: unknown[] = isObject(value) && isList(value["workflows"]) ? [...value["workflows"]] : [asFile(value)];
  if (files.some((file) => isObject(file) && "steps" in file)) return done({ kind: "ask", text });
  const workflows: Workflow[] = [];
  for (const file of files) {
    if (!isObject(file) || !("nodes" in file)) {
      const isBlocks = isObject(file) && "blocks" in file;
      return refuse(
        isBlocks ? "This is a file of blocks." : "This is not a workflow.",
        isBlocks ? "Import it as a workflow of its own." : "Paste a workflow file, or nodes that were copied here.",
      );
    }
    const loaded = load(file, "pasted");
    if (!loaded.ok) return loaded.reason.includes("steps") ? done({ kind: "ask", text }) : loaded;
    workflows.push(loaded.value);
  }
  return workflows.length > 0 ? done({ kind: "workflows", workflows }) : refuse("There is no workflow in it.");
}

function asFile(value: unknown): unknown {
  const isNode = (one: unknown): boolean =>
    isObject(one) && typeof one["id"] === "string" && typeof one["type"] === "string";
  if (isList(value) && value.length > 0 && value.every(isNode)) return { nodes: value };
  return isNode(value) && isObject(value) && !("nodes" in value) && !("steps" in value) ? { nodes: [value] } : value;
}

function parse(text: string, parseYaml?: (text: string) => unknown): Result<unknown> {
  const trimmed = text.trim();
  if (trimmed === "") return refuse("There is nothing to paste.");
  if (trimmed.startsWith("{") || trimmed.startsWith("[")) {
    try {
      return done(JSON.parse(trimmed));
    } catch {
      // A YAML file may begin with a brace too.
    }
  }
  if (parseYaml === undefined) return refuse("This is not JSON.", "Copy the nodes as JSON.");
  try {
    return done(parseYaml(text));
  } catch {
    return refuse("This is neither JSON nor YAML.", "Paste a workflow file, or nodes that were copied here.");
  }
}
