// What a form changed, as operations of the model.
import { sameJson, type Json, type JsonObject } from "@/model/json";
import { setConfig, setNote, setPolicy, setTitle, replaceConfig, setDisabled } from "@/model/operations/settings";
import { nodeOf, type NodePath } from "@/model/path";
import { refuse, type Result } from "@/model/result";
import { edited, type Edit } from "@/model/operations/edit";
import { configOf, type Policy, type Workflow, type WorkflowNode } from "@/model/workflow";

/** The names whose values are different. */
export function changedKeys(before: JsonObject, after: JsonObject): string[] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  return names.filter((name) => (name in before) !== (name in after) || !sameJson(before[name], after[name]));
}

/** One field is an edit of that field, so that what follows in it joins the same step. */
export function changeConfig(workflow: Workflow, path: NodePath, config: JsonObject): Result<Edit> {
  const node = nodeOf(workflow, path);
  if (node === undefined) return refuse("There is no such node.");
  const [name, ...others] = changedKeys(configOf(node), config);
  if (name === undefined) return refuse("Nothing changes.");
  return others.length === 0 ? setConfig(workflow, path, name, config[name]) : replaceConfig(workflow, path, config);
}

export const POLICY_KEYS = ["retry", "timeout", "cache", "on_error", "when", "join", "lazy", "after", "publish"] as const;

/** What the form of the policy shows of a node. */
export function policyOf(node: WorkflowNode): JsonObject {
  const { title, note, disabled } = node;
  const set: { [name: string]: Json | undefined } = { title, note, disabled };
  for (const key of POLICY_KEYS) set[key] = node[key] as Json | undefined;
  return Object.fromEntries(Object.entries(set).filter((entry): entry is [string, Json] => entry[1] !== undefined));
}

export function changePolicy(workflow: Workflow, path: NodePath, policy: JsonObject): Result<Edit> {
  const node = nodeOf(workflow, path);
  if (node === undefined) return refuse("There is no such node.");
  let result: Result<Edit> = refuse("Nothing changes.");
  let here = workflow;
  for (const name of changedKeys(policyOf(node), policy)) {
    result = changeOne(here, path, name, emptyAsNone(policy[name]));
    if (!result.ok) return result;
    here = result.value.workflow;
  }
  return result;
}

function changeOne(workflow: Workflow, path: NodePath, name: string, value: Json | undefined): Result<Edit> {
  if (name === "title") return setTitle(workflow, path, typeof value === "string" ? value : "");
  if (name === "note") return setNote(workflow, path, typeof value === "string" ? value : "");
  if (name === "disabled") return setDisabled(workflow, [path], value === true);
  return setPolicy(workflow, path, name as keyof Policy, value as Policy[keyof Policy]);
}

function emptyAsNone(value: Json | undefined): Json | undefined {
  if (value === null || value === "" || value === false) return undefined;
  return Array.isArray(value) && value.length === 0 ? undefined : value;
}

/** What all of them have alike: set where they agree, and by name where they do not. */
export function shared(objects: readonly JsonObject[]): { same: JsonObject; different: ReadonlySet<string> } {
  const names = [...new Set(objects.flatMap((one) => Object.keys(one)))];
  const [first = {}] = objects;
  const same: { [name: string]: Json } = {};
  const different = new Set<string>();
  for (const name of names) {
    const value = first[name];
    if (objects.every((one) => name in one === name in first && sameJson(one[name], value))) {
      if (value !== undefined) same[name] = value;
    } else different.add(name);
  }
  return { same, different };
}

/** What a form of several nodes changed, done to each of them, as one step. */
export function changeAll(
  workflow: Workflow,
  paths: readonly NodePath[],
  what: "config" | "policy",
  before: JsonObject,
  after: JsonObject,
): Result<Edit> {
  const names = changedKeys(before, after);
  let here = workflow;
  for (const path of paths) {
    const node = nodeOf(here, path);
    if (node === undefined) continue;
    const own = what === "config" ? configOf(node) : policyOf(node);
    const left = Object.entries(own).filter(([name]) => !names.includes(name));
    const set = Object.entries(after).filter(([name]) => names.includes(name));
    const changed = Object.fromEntries([...left, ...set]);
    const result = what === "config" ? changeConfig(here, path, changed) : changePolicy(here, path, changed);
    if (result.ok) here = result.value.workflow;
  }
  if (here === workflow) return refuse("Nothing changes.");
  const label = `Set ${names.join(", ").replaceAll("_", " ")} of ${paths.length} nodes`;
  return edited(here, label, { merge: `${what}:${names.join(",")}:${paths.join(",")}` });
}
