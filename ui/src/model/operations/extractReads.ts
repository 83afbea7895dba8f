// What nodes read from around them, as the inputs of the workflow they become.
import type { Catalogue } from "@/model/catalogue";
import { restOf, rewriteChains } from "@/model/expression/references";
import { writeSegment, type Chain } from "@/model/expression/scan";
import type { Json } from "@/model/json";
import { graphAt, levelsOf, nodeOf, ownerOf, type GraphPath } from "@/model/path";
import { mapGraphTexts } from "@/model/operations/edit";
import { idsOf, uniqueId } from "@/model/operations/naming";
import type { Graph, Workflow } from "@/model/workflow";

/** The inputs found so far: each an expression of the parent under a name of its own. */
export class Inputs {
  readonly schemas: Record<string, Json> = {};
  private readonly names = new Map<string, string>();

  constructor(private readonly declared: Readonly<Record<string, Json>>) {}

  /** The name under which `expression` is given; `wanted` where that is free. */
  nameOf(expression: string, wanted: string): string {
    const known = this.names.get(expression);
    if (known !== undefined) return known;
    const word = wanted.replace(/[^A-Za-z0-9_]+/g, "_").replace(/^(?![A-Za-z_])/, "_");
    const name = uniqueId(word, new Set(Object.keys(this.schemas))).replaceAll("-", "_");
    this.names.set(expression, name);
    const own = expression.startsWith("workflow.input.") ? this.declared[expression.slice(15)] : undefined;
    // Without a type: what was not taken is null, which a typed input would refuse.
    this.schemas[name] = own ?? { description: `Was \`${expression}\`` };
    return name;
  }

  /** What the calling node is given: an expression for each name. */
  get given(): Record<string, Json> {
    return Object.fromEntries([...this.names].map(([expression, name]) => [name, `{{ ${expression} }}`]));
  }

  get isEmpty(): boolean {
    return this.names.size === 0;
  }
}

/** `graph`, which is to stand alone, with everything it reads from around it as `workflow.input`. */
export function writeAsInputs(
  graph: Graph,
  workflow: Workflow,
  catalogue: Catalogue,
  path: GraphPath,
  inputs: Inputs,
): Graph {
  const within = idsOf(graph);
  const around = namesAround(workflow, catalogue, path);
  const published = publishedIn(graph);
  return mapGraphTexts(graph, catalogue, (text, mode) =>
    rewriteChains(text, mode, (chain) => {
      const taken = takenBy(chain, (name) => around.has(name) && !published.has(name));
      if (taken === undefined) return undefined;
      const [first] = chain.segments;
      if (chain.root === "nodes" && first && within.has(first.key)) return undefined;
      if (chain.root === "steps" && first && within.has(first.key)) return undefined;
      const keys = chain.segments.slice(0, taken);
      const root = chain.root === "steps" ? "nodes" : chain.root;
      const expression =
        root + keys.map((key, index) => writeSegment(key.key, false, root === "nodes" && index === 0)).join("");
      const name = inputs.nameOf(
        expression,
        wantedName(
          root,
          keys.map((key) => key.key),
        ),
      );
      return `workflow.input.${name}${restOf(text, chain, taken)}`;
    }),
  );
}

/** How many keys of a chain make up what is handed over; undefined for what the graph may read itself. */
function takenBy(chain: Chain, isAround: (name: string) => boolean): number | undefined {
  const [first] = chain.segments;
  if (chain.root === "nodes" || chain.root === "steps") return first && Math.min(2, chain.segments.length);
  if (chain.root === "workflow") return first?.key === "input" && chain.segments.length > 1 ? 2 : undefined;
  if (!isAround(chain.root)) return undefined;
  return chain.root === "loop" || chain.root === "error" ? Math.min(1, chain.segments.length) : 0;
}

function wantedName(root: string, keys: readonly string[]): string {
  if (root === "nodes") return keys[1] === undefined || keys[1] === "output" ? (keys[0] ?? root) : keys.join("_");
  return keys.at(-1) ?? root;
}

/** Names that containers around a graph add, and those under which nodes around it publish. */
function namesAround(workflow: Workflow, catalogue: Catalogue, path: GraphPath): Set<string> {
  const names = new Set<string>();
  for (const level of levelsOf(path)) {
    const graph = graphAt(workflow, level);
    for (const node of graph?.nodes ?? []) if (node.publish !== undefined) names.add(node.publish);
    const container = ownerOf(level)?.container;
    const owner = container === undefined ? undefined : nodeOf(workflow, container);
    for (const name of (owner && catalogue.find(owner.type)?.bodyNames) ?? []) names.add(name);
  }
  return names;
}

function publishedIn(graph: Graph): Set<string> {
  return new Set(graph.nodes.flatMap((node) => node.publish ?? []));
}
