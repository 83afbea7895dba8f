// What the workflow is run with: a form made of its inputs, and the request.
import { api } from "@/api/client";
import { ApiProblem } from "@/api/problem";
import type { JsonObject } from "@/model/json";
import { inputSchemas, type Workflow } from "@/model/workflow";

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

/** The id of the run, which goes on by itself. */
export async function startRun(name: string, input: JsonObject, mode: "live" | "test"): Promise<string> {
  const { data } = await api.POST("/workflows/{name}/execute", {
    params: { path: { name } },
    body: { input: { ...input }, mode, wait: "async" } as never,
  });
  if (typeof data !== "object" || data === null || !("run_id" in data) || typeof data.run_id !== "string") {
    throw new ApiProblem("empty_answer", "The server did not say which run it has started.", 0);
  }
  return data.run_id;
}
