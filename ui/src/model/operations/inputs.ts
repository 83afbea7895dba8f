// Give a workflow's input another name: every expression that reads it follows.
import type { Catalogue } from "@/model/catalogue";
import { rewriteChains } from "@/model/expression/references";
import { writeSegment } from "@/model/expression/scan";
import { withKeyRenamed } from "@/model/json";
import { refuse, type Result } from "@/model/result";
import { edited, mapGraphTexts, type Edit } from "@/model/operations/edit";
import type { Graph, Workflow } from "@/model/workflow";

const INPUT_NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;

export function renameInput(workflow: Workflow, catalogue: Catalogue, from: string, to: string): Result<Edit> {
  if (workflow.inputs === undefined || !(from in workflow.inputs)) return refuse(`There is no input \`${from}\`.`);
  if (from === to) return refuse("It is called so already.");
  if (to in workflow.inputs) return refuse(`There is already an input \`${to}\`.`);
  if (!INPUT_NAME.test(to)) return refuse(`\`${to}\` cannot be an input's name.`, "Use letters, digits and `_`.");
  const inputs = withKeyRenamed(workflow.inputs, from, to);
  const renamed = renameInputReads({ ...workflow, inputs }, catalogue, (name) => (name === from ? to : undefined));
  return edited(renamed, `Rename the input ${from} to ${to}`);
}

/** Every `workflow.input.<name>` read as another, where `names` gives one. */
export function renameInputReads<G extends Graph>(
  graph: G,
  catalogue: Catalogue,
  names: (name: string) => string | undefined,
): G {
  return mapGraphTexts(graph, catalogue, (text, mode) =>
    rewriteChains(text, mode, (chain) => {
      const [input, name] = chain.segments;
      const renamed = chain.root === "workflow" && input?.key === "input" && name ? names(name.key) : undefined;
      if (renamed === undefined || name === undefined) return undefined;
      return (
        text.slice(chain.start, name.start) + writeSegment(renamed, name.optional) + text.slice(name.end, chain.end)
      );
    }),
  ) as G;
}
