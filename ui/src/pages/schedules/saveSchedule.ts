// A schedule is a `trigger.schedule` node of a workflow that is deployed: what changes one publishes a version.
import { queryOptions } from "@tanstack/react-query";
import { api, done, read } from "@/api/client";
import { type Deployment, deploy, updateDeployment } from "@/api/deployments";
import { type OpenedWorkflow, openWorkflow, publishDraft, saveDraft } from "@/api/drafts";
import { ApiProblem } from "@/api/problem";
import { isObject, type JsonObject } from "@/model/json";
import { openDefinition, serialise } from "@/model/document";
import { uniqueId } from "@/model/operations/naming";
import type { Workflow } from "@/model/workflow";
import { secondsOf } from "@/pages/schedules/cronFields";

export const SCHEDULE = "trigger.schedule";

export type CatchUp = "skip" | "last" | "all";

export interface Timing {
  cron: string;
  timezone: string;
  /** Seconds. */
  jitter: number;
  catchUp: CatchUp;
}

export const DEFAULT_TIMING: Omit<Timing, "timezone"> = { cron: "0 9 * * MON-FRI", jitter: 0, catchUp: "last" };

/** What the node's config says; what is left out is as the server's defaults. */
export function readTiming(config: JsonObject): Timing {
  const { cron, timezone, jitter, catch_up: catchUp } = config;
  return {
    cron: typeof cron === "string" ? cron : "",
    timezone: typeof timezone === "string" ? timezone : "UTC",
    jitter: typeof jitter === "number" ? jitter : typeof jitter === "string" ? (secondsOf(jitter) ?? 0) : 0,
    catchUp: catchUp === "skip" || catchUp === "all" ? catchUp : "last",
  };
}

export function writeTiming({ cron, timezone, jitter, catchUp }: Timing): JsonObject {
  return {
    cron: cron.trim(),
    timezone,
    ...(catchUp === "last" ? {} : { catch_up: catchUp }),
    ...(jitter > 0 ? { jitter } : {}),
  };
}

/** What else the node is told stays, and a jitter that was not changed stays as it was written. */
function mergedTiming(before: unknown, timing: Timing): JsonObject {
  if (!isObject(before)) return writeTiming(timing);
  const { cron: _cron, timezone: _timezone, catch_up: _catchUp, jitter, ...others } = before;
  const kept = jitter !== undefined && readTiming(before).jitter === timing.jitter ? { jitter } : {};
  return { ...others, ...writeTiming(timing), ...kept };
}

/** With the node's config as given; with a new node where `node` is null. What starts nothing yet starts from it. */
export function withTiming(workflow: Workflow, node: string | null, timing: Timing): Workflow {
  if (node !== null) {
    const nodes = workflow.nodes.map((one) => (one.id === node ? { ...one, config: mergedTiming(one.config, timing) } : one));
    return { ...workflow, nodes };
  }
  const id = uniqueId("schedule", new Set(workflow.nodes.map((one) => one.id)));
  return { ...workflow, nodes: [{ id, type: SCHEDULE, config: writeTiming(timing) }, ...workflow.nodes] };
}

/** The one node that sets its time; null: there is none. */
export function scheduleNode(workflow: Workflow): string | null {
  return workflow.nodes.find((node) => node.type === SCHEDULE)?.id ?? null;
}

/** What a deployment's schedule says, from the node that it stands for. */
export function timingQuery(deployment: string, trigger: string) {
  return queryOptions({
    queryKey: ["schedules", "timing", deployment, trigger],
    queryFn: async ({ signal }) => {
      const { items } = await read(api.GET("/deployments/{name}/triggers", { params: { path: { name: deployment } }, signal }));
      const found = items.find((one) => one.id === trigger);
      if (found?.node === undefined || found.node === null) throw notANode(deployment);
      return { node: found.node, timing: readTiming(isObject(found.config) ? found.config : {}) };
    },
    staleTime: 0,
    gcTime: 0,
  });
}

function notANode(deployment: string): ApiProblem {
  const message = `What runs ${deployment} is not a node of its workflow.`;
  return new ApiProblem("not_a_node", message, 0, "Change it where the deployment is.");
}

/** Publish the workflow with the timing, and have a deployment of it. */
export async function saveSchedule(workflow: string, node: string | null, timing: Timing, of: string | null): Promise<void> {
  const opened = await openWorkflow(workflow);
  if (opened.detail.definition.revision !== null && opened.detail.definition.revision !== undefined) throw hasDraft(workflow);
  const found = openDefinition(opened.detail.definition);
  if (!found.ok) throw new ApiProblem("unreadable", found.reason, 0, found.remedy ?? null);
  const changed = withTiming(found.value.workflow, node ?? scheduleNode(found.value.workflow), timing);
  const version = await publish(workflow, opened, changed, timing);
  const { items } = await read(api.GET("/deployments", { params: { query: { workflow, limit: 200 } } }));
  const deployment = items.find((one) => one.name === of) ?? items[0];
  if (deployment === undefined) await deploy({ workflow, version: "latest", paused: false });
  else await follow(deployment, version);
}

async function publish(workflow: string, opened: OpenedWorkflow, changed: Workflow, timing: Timing): Promise<string | null> {
  const saved = await saveDraft(workflow, serialise(changed), opened.etag);
  try {
    const errors = saved.issues.filter((issue) => issue.severity !== "warning");
    if (errors.length > 0) {
      throw new ApiProblem("cannot_publish", "The workflow cannot run like this.", 0, "Open it and correct what is wrong.", errors);
    }
    const published = await publishDraft(workflow, saved.etag, `Schedule: ${timing.cron} ${timing.timezone}`);
    return published.version === null || published.version === undefined ? null : String(published.version);
  } catch (error) {
    // The draft is ours: nobody had one before.
    await done(api.DELETE("/workflows/{name}/draft", { params: { path: { name: workflow } } })).catch(() => undefined);
    throw error;
  }
}

/** One that is held at a version goes on to the new one; the others follow by themselves. */
async function follow(deployment: Deployment, version: string | null): Promise<void> {
  if (deployment.version === null || version === null) return;
  const { response } = await api.GET("/deployments/{name}", { params: { path: { name: deployment.name } } });
  await updateDeployment(deployment.name, { version }, response.headers.get("etag"));
}

function hasDraft(workflow: string): ApiProblem {
  return new ApiProblem(
    "has_draft",
    `The workflow ${workflow} has changes that are not published.`,
    0,
    "Open it, publish or discard them, and set the schedule then.",
  );
}
