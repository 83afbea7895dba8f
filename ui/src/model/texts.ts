// The texts of a node that are expressions or hold some, by what its type says of each field.
import { fieldOf, type Catalogue, type FieldKind } from "@/model/catalogue";
import type { Mode } from "@/model/expression/scan";
import { mapTexts, textsIn, type Json } from "@/model/json";
import { configOf, type WorkflowNode } from "@/model/workflow";

/** How a config field is read; undefined for one that is never a template. A field nobody knows may hold `{{ }}`. */
export function modeOf(kind: FieldKind | undefined): Mode | undefined {
  if (kind === "literal") return undefined;
  return kind === "expression" ? "expression" : "template";
}

export interface FieldText {
  /** `["config", "url"]`, `["when"]`. */
  readonly path: readonly string[];
  readonly text: string;
  readonly mode: Mode;
}

/** Every text of the node itself, not of its bodies, in which names may be read. */
export function* textsOf(node: WorkflowNode, catalogue: Catalogue): Generator<FieldText> {
  const type = catalogue.find(node.type);
  for (const [name, value] of Object.entries(configOf(node))) {
    const mode = modeOf(fieldOf(type, name)?.kind);
    if (mode !== undefined) for (const [path, text] of textsIn(value, ["config", name])) yield { path, text, mode };
  }
  if (typeof node.when === "string") yield { path: ["when"], text: node.when, mode: "expression" };
  for (const [path, text] of textsIn(node.input, ["input"])) yield { path, text, mode: "template" };
}

/** The node with each of those texts changed; the same node where nothing is. */
export function mapNodeTexts(
  node: WorkflowNode,
  catalogue: Catalogue,
  change: (text: string, mode: Mode) => string,
): WorkflowNode {
  const type = catalogue.find(node.type);
  let changed = node;
  const config: Record<string, Json> = {};
  for (const [name, value] of Object.entries(configOf(node))) {
    const mode = modeOf(fieldOf(type, name)?.kind);
    config[name] = mode === undefined ? value : mapTexts(value, (text) => change(text, mode));
  }
  if (Object.keys(config).some((name) => config[name] !== node.config?.[name])) changed = { ...changed, config };
  if (typeof node.when === "string") {
    const when = change(node.when, "expression");
    if (when !== node.when) changed = { ...changed, when };
  }
  if (node.input !== undefined) {
    const input = mapTexts(node.input, (text) => change(text, "template"));
    if (input !== node.input) changed = { ...changed, input };
  }
  return changed;
}
