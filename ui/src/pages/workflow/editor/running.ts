// What the workflow is run with, and the request. As a test the draft runs as it is; for real, what is published.
import { api } from "@/api/client";
import { ApiProblem } from "@/api/problem";
import type { JsonObject } from "@/model/json";
import { inputSchemas, type Workflow } from "@/model/workflow";
import { type Saver, useSaving } from "@/pages/workflow/store/saving";

/** The JSON Schema of an object with all inputs. Those without a default must be given. */
export function formOf(workflow: Workflow): JsonObject {
  const properties = inputSchemas(workflow);
  const required = Object.keys(properties).filter((name) => !("default" in (properties[name] ?? {})));
  return { type: "object", properties, required };
}

export function defaultsOf(workflow: Workflow): JsonObject {
  return Object.fromEntries(
    Object.entries(inputSchemas(workflow)).flatMap(([name, schema]) => {
      const value = schema["default"];
      return value === undefined ? [] : [[name, value]];
    }),
  );
}

/** Nothing has to be asked before it runs. */
export function asksNothing(workflow: Workflow): boolean {
  return Object.keys(workflow.inputs ?? {}).length === 0;
}

/** The draft is on the server as it stands here; throws what keeps it from there. */
export async function saveAll(saver: Saver): Promise<void> {
  await saver.flush();
  const { state, problem } = useSaving.getState();
  if (state === "saved") return;
  const reason = "The draft is not saved yet: what runs and what is published is what is saved.";
  throw problem ?? new ApiProblem("not_saved", reason, 0, "Choose first which of the two drafts is to stay.");
}

export interface Start {
  readonly input: JsonObject;
  readonly mode: "live" | "test";
  /** As it is saved now, published or not; in mode `test` only. */
  readonly isDraft: boolean;
  /** It stops before these; where there are none, before each node. Without it, it is not debugged. */
  readonly breakpoints?: readonly string[];
}

/** The id of the run, which goes on by itself. */
export async function startRun(name: string, { input, mode, isDraft, breakpoints }: Start): Promise<string> {
  const debug = breakpoints === undefined ? {} : { breakpoints, step: breakpoints.length === 0 };
  const { data } = await api.POST("/workflows/{name}/execute", {
    params: { path: { name } },
    body: { input: { ...input }, mode, wait: "async", ...(isDraft ? { version: "draft" } : {}), ...debug } as never,
  });
  if (typeof data !== "object" || data === null || !("run_id" in data) || typeof data.run_id !== "string") {
    throw new ApiProblem("empty_answer", "The server did not say which run it has started.", 0);
  }
  return data.run_id;
}
