// What is set on a node: config, title, policy, disabled, pinned output, note; and on the workflow itself.
import { configOf, type Policy, type Workflow, type WorkflowNode } from "@/model/workflow";
import { sameJson, withKey, without, type Json, type JsonObject } from "@/model/json";
import { idOf, nodeOf, withNode, type NodePath } from "@/model/path";
import { refuse, type Result } from "@/model/result";
import { edited, named, type Edit } from "@/model/operations/edit";

/** Set a field of the config; undefined removes it. Typing in one field is one step to undo. */
export function setConfig(workflow: Workflow, path: NodePath, field: string, value: Json | undefined): Result<Edit> {
  return change(workflow, path, `Set ${field} of ${idOf(path)}`, `config:${path}:${field}`, (node) => {
    const config: JsonObject = { ...configOf(node) };
    const after = value === undefined ? without(config, field) : { ...config, [field]: value };
    if (sameJson(after, configOf(node))) return node;
    return withKey(node, "config", Object.keys(after).length === 0 && !("config" in node) ? undefined : after);
  });
}

export function replaceConfig(workflow: Workflow, path: NodePath, config: JsonObject): Result<Edit> {
  return change(workflow, path, `Set the config of ${idOf(path)}`, `config:${path}`, (node) =>
    sameJson(config, configOf(node)) ? node : { ...node, config },
  );
}

/** As `flow.note` takes them. */
const SMALLEST_NOTE = { width: 80, height: 40 };
const LARGEST_NOTE = 4000;

/** How large a note is on the canvas. Pulling its corner is one step to undo. */
export function setSize(workflow: Workflow, path: NodePath, to: { readonly width: number; readonly height: number }): Result<Edit> {
  const within = (wanted: number, least: number): number => Math.min(LARGEST_NOTE, Math.max(least, wanted));
  const width = within(to.width, SMALLEST_NOTE.width);
  const height = within(to.height, SMALLEST_NOTE.height);
  return change(workflow, path, `Size of ${idOf(path)}`, `size:${path}`, (node) => {
    const config = configOf(node);
    return config["width"] === width && config["height"] === height ? node : { ...node, config: { ...config, width, height } };
  });
}

/** An empty title is none. */
export function setTitle(workflow: Workflow, path: NodePath, title: string): Result<Edit> {
  return change(workflow, path, `Title of ${idOf(path)}`, `title:${path}`, (node) =>
    withKey(node, "title", title === "" ? undefined : title),
  );
}

/** A note on a node; an empty one is none. */
export function setNote(workflow: Workflow, path: NodePath, note: string): Result<Edit> {
  return change(workflow, path, `Note on ${idOf(path)}`, `note:${path}`, (node) =>
    withKey(node, "note", note === "" ? undefined : note),
  );
}

/** Set one policy; undefined leaves it to what holds without it. */
export function setPolicy<Key extends keyof Policy>(
  workflow: Workflow,
  path: NodePath,
  key: Key,
  value: WorkflowNode[Key] | undefined,
): Result<Edit> {
  const words = key.replace("_", " ");
  return change(workflow, path, `Set ${words} of ${idOf(path)}`, `${key}:${path}`, (node) => withKey(node, key, value));
}

export function setDisabled(workflow: Workflow, paths: readonly NodePath[], disabled: boolean): Result<Edit> {
  let after = workflow;
  for (const path of paths) {
    after = withNode(after, path, (node) =>
      (node.disabled ?? false) === disabled ? node : withKey(node, "disabled", disabled ? true : undefined),
    );
  }
  if (after === workflow) return refuse(disabled ? "It is disabled already." : "It is not disabled.");
  return edited(after, `${disabled ? "Disable" : "Enable"} ${named(paths.map(idOf))}`);
}

/** Enable when all are disabled, else disable: what the key does to a selection. */
export function toggleDisabled(workflow: Workflow, paths: readonly NodePath[]): Result<Edit> {
  return setDisabled(workflow, paths, !paths.every((path) => nodeOf(workflow, path)?.disabled));
}

/** Let the node give `value` in test mode without running; undefined unpins it. Of a node with several outputs it is an
 * object by port. */
export function setPinned(workflow: Workflow, path: NodePath, value: Json | undefined): Result<Edit> {
  const label = `${value === undefined ? "Unpin" : "Pin"} ${idOf(path)}`;
  return change(workflow, path, label, `pinned:${path}`, (node) => withKey(node, "pinned", value));
}

/** Pin or unpin several nodes, as one step. */
export function setPins(workflow: Workflow, pins: ReadonlyMap<NodePath, Json | undefined>): Result<Edit> {
  let after = workflow;
  for (const [path, value] of pins) after = withNode(after, path, (node) => withKey(node, "pinned", value));
  if (after === workflow) return refuse("Nothing changes.");
  const isUnpin = [...pins.values()].every((value) => value === undefined);
  return edited(after, `${isUnpin ? "Unpin" : "Pin"} ${named([...pins.keys()].map(idOf))}`);
}

function change(
  workflow: Workflow,
  path: NodePath,
  label: string,
  merge: string,
  apply: (node: WorkflowNode) => WorkflowNode,
): Result<Edit> {
  if (nodeOf(workflow, path) === undefined) return refuse("There is no such node.");
  const after = withNode(workflow, path, apply);
  return after === workflow ? refuse("Nothing changes.") : edited(after, label, { merge });
}

type Own = "title" | "description" | "tags" | "settings" | "outputs";

/** Set something of the workflow itself; undefined removes it. */
export function setOwn<Key extends Own>(workflow: Workflow, key: Key, value: Workflow[Key] | undefined): Result<Edit> {
  return edited(withKey(workflow, key, value), `Set ${key} of the workflow`, { merge: `workflow:${key}` });
}

const INPUT_NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** Declare an input, or change its schema; undefined removes it. */
export function setInput(workflow: Workflow, name: string, schema: Json | undefined): Result<Edit> {
  if (schema !== undefined && !INPUT_NAME.test(name)) {
    return refuse(`\`${name}\` cannot be read as \`workflow.input.${name}\`.`, "Use letters, digits and `_`.");
  }
  const inputs = { ...workflow.inputs };
  const after = schema === undefined ? without(inputs, name) : { ...inputs, [name]: schema };
  const label = `${schema === undefined ? "Remove" : "Set"} the input ${name}`;
  const changed = withKey(workflow, "inputs", Object.keys(after).length > 0 ? after : undefined);
  return edited(changed, label, { merge: `input:${name}` });
}
