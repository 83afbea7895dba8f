// A definition of the API as the workflow that the canvas edits, and back.
import { isObject, type Json, type JsonObject } from "@/model/json";
import { knownKeys, readGraph, Unreadable, writeGraph } from "@/model/reading";
import { done, refuse, type Result } from "@/model/result";
import type { Workflow } from "@/model/workflow";

const WORKFLOW_KEYS = ["name", "id", "title", "description", "tags", "inputs", "settings"];
const SETTINGS_KEYS = ["timeout", "max_concurrency", "on_failure", "retention", "retry_budget", "save", "fail_fast"];

/** What the API tells of a version or a draft, as far as the editor needs it. */
export interface Definition {
  readonly workflow: string;
  readonly form: "nodes" | "steps";
  /** As it was written; null where it cannot be read. */
  readonly definition?: unknown;
  /** The same as nodes and connections. */
  readonly graph?: unknown;
}

export interface Opened {
  readonly workflow: Workflow;
  /** It was written as steps, and will be saved as nodes: people are told before their first change. */
  readonly converted: boolean;
}

/** Open what was written where that is nodes, so that saving changes nothing else; otherwise the server's graph of it. */
export function openDefinition(given: Definition): Result<Opened> {
  const written = given.form === "nodes" ? load(given.definition, given.workflow) : undefined;
  if (written?.ok === true) return done({ workflow: written.value, converted: false });
  const drawn = load(given.graph, given.workflow);
  if (!drawn.ok) return written ?? drawn;
  // A body in steps is why what was written could not be drawn; anything else would be lost without a word.
  const converted = given.form === "steps" || hasSteps(given.definition);
  return converted || written === undefined ? done({ workflow: drawn.value, converted }) : written;
}

/** The workflow of a definition in the nodes form. `name` is taken where it has none. */
export function load(raw: unknown, name = "untitled"): Result<Workflow> {
  if (!isObject(raw)) return refuse("The definition cannot be read.", "Correct it in the text.");
  try {
    const graph = readGraph(raw, "The workflow", WORKFLOW_KEYS);
    // A key written again stays where it stands.
    return done(tidied({ ...graph, name: typeof raw["name"] === "string" ? raw["name"] : name }));
  } catch (problem) {
    if (problem instanceof Unreadable) return refuse(problem.message, problem.remedy);
    throw problem;
  }
}

/** The definition as JSON, for `PUT /workflows/{name}`; `load` gives the same workflow again. */
export function serialise(workflow: Workflow): JsonObject {
  return writeGraph(workflow);
}

function tidied(workflow: Workflow): Workflow {
  return workflow.settings === undefined
    ? workflow
    : { ...workflow, settings: knownKeys(workflow.settings, SETTINGS_KEYS) };
}

function hasSteps(raw: unknown): boolean {
  if (Array.isArray(raw)) return raw.some(hasSteps);
  if (!isObject(raw)) return false;
  return "steps" in raw || Array.isArray(raw["body"]) || Object.values(raw).some((value: Json) => hasSteps(value));
}
