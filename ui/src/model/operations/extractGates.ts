// What must be live for nodes to run, so that a call in their place runs just then.
import type { Catalogue } from "@/model/catalogue";
import { downstreamOf } from "@/model/order";
import { portsOf, TRIGGER } from "@/model/ports";
import { refuse, type Result } from "@/model/result";
import type { ResolvedConnection } from "@/model/resolve";
import { findNode, type Graph } from "@/model/workflow";

export interface Gates {
  /** Outputs outside that must be live for the nodes to run. */
  readonly links: readonly { readonly source: string; readonly output: string | undefined }[];
  readonly join: "any" | "all";
}

/** What must be live for all of the nodes to run: the call waits for the same. */
export function gatesOf(
  graph: Graph,
  catalogue: Catalogue,
  links: readonly ResolvedConnection[],
  ids: ReadonlySet<string>,
  before: ReadonlyMap<string, ReadonlySet<string>>,
): Result<Gates> {
  const found = new Map<string, ResolvedConnection>();
  const triggered = new Set<string>();
  for (const link of links.filter((one) => ids.has(one.target) && !ids.has(one.source))) {
    const down = downstreamOf(before, link.target);
    const isForAll = [...ids].every((id) => id === link.target || down.has(id));
    const [source, target] = [findNode(graph, link.source), findNode(graph, link.target)];
    const isBranch = source && link.output && portsOf(source, catalogue).outputs.get(link.output)?.branch;
    const isTrigger = link.input === TRIGGER.name;
    const input = target && link.input ? portsOf(target, catalogue).inputs.get(link.input) : undefined;
    if ((isBranch || isTrigger) && !isForAll) {
      return refuse(
        `\`${link.source}.${link.output}\` decides whether \`${link.target}\` runs, but not the other selected nodes.`,
        `Select only \`${link.target}\` and what comes after it.`,
      );
    }
    if (isTrigger) triggered.add(link.target);
    if (isForAll && (isTrigger || isBranch || input?.required)) found.set(`${link.source}.${link.output}`, link);
  }
  const isOnlyTriggers = [...found.values()].every((link) => link.input === TRIGGER.name);
  const first = graph.nodes.find((node) => triggered.has(node.id));
  const joins = first?.join === "all" ? "all" : "any";
  const many = [...found.values()].filter((link) => link.input === TRIGGER.name).length > 1;
  if (!isOnlyTriggers && many && joins === "any") {
    return refuse(
      "The selection is run by one of several branches, and reads values besides.",
      "Merge the branches first.",
    );
  }
  return { ok: true, value: { links: [...found.values()], join: isOnlyTriggers ? joins : "all" } };
}
