// What is asked for a deployment, as a form has it and as the API takes it.
import type { Deployment, DeploymentMode, DeploymentUpdate, NewDeployment } from "@/api/deployments";
import type { JsonObject, Schema } from "@/form/schema";
import { isObject, sameJson } from "@/model/json";

export const LATEST = "latest";
export type Times = "own" | "every" | "keep";

export interface DeploymentForm {
  name: string;
  /** `latest`, or the digest of a version. */
  version: string;
  /** `null`: by what the workflow does. */
  mode: DeploymentMode | null;
  profiles: string[];
  input: JsonObject;
  params: JsonObject;
  concurrency: number;
  overlap: "skip" | "queue" | null;
  /** `keep`: as they are now. */
  times: Times;
  seconds: number;
  isPaused: boolean;
}

export function newForm(name: string): DeploymentForm {
  return {
    name,
    version: LATEST,
    mode: null,
    profiles: [],
    input: {},
    params: {},
    concurrency: 1,
    overlap: null,
    times: "own",
    seconds: 3600,
    isPaused: false,
  };
}

export function formOf({ name, version, mode, profiles, input, params, limits, status }: Deployment): DeploymentForm {
  return {
    ...newForm(name),
    version: version ?? LATEST,
    mode,
    profiles: [...profiles],
    input: input as JsonObject,
    params: params as JsonObject,
    concurrency: limits.concurrency ?? 1,
    overlap: limits.overlap ?? null,
    times: "keep",
    isPaused: status === "paused",
  };
}

export function toNew(workflow: string, form: DeploymentForm): NewDeployment {
  const { name, version, mode, profiles, input, params, concurrency, overlap, times, seconds, isPaused } = form;
  const limits = { concurrency, scope: "deployment" as const, ...(overlap === null ? {} : { overlap }) };
  return {
    workflow,
    name,
    version,
    ...(mode === null ? {} : { mode }),
    profiles,
    input,
    params,
    paused: isPaused,
    ...(concurrency === 1 && overlap === null ? {} : { limits }),
    ...(times === "every" ? { every: seconds } : {}),
  };
}

/** Only what is different. */
export function toUpdate(before: Deployment, form: DeploymentForm, waiting: "keep" | "move"): DeploymentUpdate {
  const was = formOf(before);
  const limits = { ...before.limits, concurrency: form.concurrency, overlap: form.overlap };
  const isLimited = was.concurrency !== form.concurrency || was.overlap !== form.overlap;
  return {
    waiting,
    ...(was.version === form.version && waiting === "keep" ? {} : { version: form.version }),
    ...(form.mode === null || was.mode === form.mode ? {} : { mode: form.mode }),
    ...(sameJson(was.profiles, form.profiles) ? {} : { profiles: form.profiles }),
    ...(sameJson(was.input, form.input) ? {} : { input: form.input }),
    ...(sameJson(was.params, form.params) ? {} : { params: form.params }),
    ...(isLimited ? { limits } : {}),
    ...(form.times === "own" ? { every: "own" as const } : form.times === "every" ? { every: form.seconds } : {}),
  };
}

/** What will be different, in words. */
export function changesIn(update: DeploymentUpdate): string[] {
  const { waiting: _, ...fields } = update;
  const words: Record<string, string> = { every: "times", input: "inputs", params: "parameters" };
  return Object.keys(fields).map((field) => words[field] ?? field);
}

/** A form for the inputs of a workflow, from its definition. */
export function inputSchema(definition: unknown): Schema | null {
  const inputs = isObject(definition) && isObject(definition["inputs"]) ? definition["inputs"] : {};
  const fields = Object.entries(inputs).map(([name, given]): [string, Schema & { required?: unknown }] => [
    name,
    typeof given === "string" ? { type: given } : isObject(given) ? (given as unknown as Schema) : {},
  ]);
  if (fields.length === 0) return null;
  const properties = Object.fromEntries(
    fields.map(([name, { required, ...schema }]) => [name, Array.isArray(required) ? { ...schema, required } : schema]),
  ) as Record<string, Schema>;
  return { type: "object", properties };
}

/** Inputs and parameters of any name. */
export const PARAMS_SCHEMA: Schema = {
  type: "object",
  properties: {
    params: { type: "object", title: "Parameters", description: "Expressions read them as params.size.", additionalProperties: {} },
  },
};
