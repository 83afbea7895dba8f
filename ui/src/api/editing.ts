// Who edits a workflow: said again and again by the window that does, and taken over by another.
import { api, done, type Model, read } from "@/api/client";

export type WorkflowEditing = Model<"WorkflowEditing">;
export type WorkflowEditor = Model<"WorkflowEditor">;

/** That this window edits it. The answer tells who does: somebody else who was here first, unless one takes over. */
export function keepEditing(name: string, window: string, takeOver = false): Promise<WorkflowEditing> {
  const body = { window, take_over: takeOver };
  return read(api.PUT("/workflows/{name}/editing", { params: { path: { name } }, body }));
}

export function findEditing(name: string): Promise<WorkflowEditing> {
  return read(api.GET("/workflows/{name}/editing", { params: { path: { name } } }));
}

/** It is sent even while the page goes away. */
export function endEditing(name: string, window: string): Promise<void> {
  return done(api.DELETE("/workflows/{name}/editing", { params: { path: { name }, query: { window } }, keepalive: true }));
}
