// The draft of a workflow: opened, saved as it is edited, checked, published.
import { queryOptions } from "@tanstack/react-query";
import { api, type Model, read } from "@/api/client";
import { keys } from "@/api/keys";
import { ApiProblem, type Issue } from "@/api/problem";
import type { JsonObject } from "@/model/json";

/** A workflow as it is opened: its draft, or else its latest version. */
export interface OpenedWorkflow {
  readonly detail: Model<"WorkflowDetail">;
  /** For `If-Match`. */
  readonly etag: string;
}

export async function openWorkflow(name: string, signal?: AbortSignal): Promise<OpenedWorkflow> {
  const get = async (version?: string): Promise<OpenedWorkflow> => {
    const answer = await api.GET("/workflows/{name}", {
      params: { path: { name }, query: version === undefined ? {} : { version } },
      ...(signal === undefined ? {} : { signal }),
    });
    if (answer.data === undefined || answer.data === null) throw new ApiProblem("empty_answer", "The server's answer has no content.", 0);
    // The document says of the text form only that it is text.
    return { detail: answer.data as Model<"WorkflowDetail">, etag: answer.response.headers.get("etag") ?? "*" };
  };
  const latest = await get();
  const hasOtherDraft = typeof latest.detail.draft === "number" && typeof latest.detail.definition.revision !== "number";
  return hasOtherDraft ? get("draft") : latest;
}

export function openedQuery(name: string) {
  return queryOptions({
    queryKey: [...keys.workflows.one(name), "opened"],
    queryFn: ({ signal }) => openWorkflow(name, signal),
    // What is edited stands in the editor's store: it is read once, when the page is opened.
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
  });
}

export interface SavedDraft {
  readonly etag: string;
  readonly issues: readonly Issue[];
  readonly revision: number | null;
}

/** `etag` as it was read; `*` writes over whatever is there. */
export async function saveDraft(name: string, definition: JsonObject, etag: string): Promise<SavedDraft> {
  const answer = await api.PUT("/workflows/{name}", {
    params: { path: { name }, header: { "If-Match": etag } },
    body: { definition: { ...definition } },
  });
  if (answer.data === undefined) throw new ApiProblem("empty_answer", "The server's answer has no content.", 0);
  const { validation, revision } = answer.data;
  return { etag: answer.response.headers.get("etag") ?? "*", issues: validation.issues, revision: revision ?? null };
}

export async function checkDefinition(definition: JsonObject, signal: AbortSignal): Promise<readonly Issue[]> {
  const { issues } = await read(api.POST("/workflows/validate", { body: { definition: { ...definition } }, signal }));
  return issues;
}

/** What is wrong in a workflow file, and the graphs of the workflows in it. */
export function checkText(text: string): Promise<Model<"Validation">> {
  return read(api.POST("/workflows/validate", { body: { text } }));
}

/** A new workflow that is a version at once; refused as a whole where something in it is wrong. */
export function createPublished(definition: JsonObject, note: string) {
  return read(api.POST("/workflows", { body: { definition: { ...definition }, publish: true, note, tags: [] } }));
}

export function publishDraft(name: string, etag: string, note: string) {
  return read(
    api.POST("/workflows/{name}/publish", {
      params: { path: { name }, header: { "If-Match": etag } },
      body: note === "" ? {} : { note },
    }),
  );
}
