// A test that stops at breakpoints: let go on, with other values if one likes, and told where to stop.
import { api, type Model, read } from "@/api/client";

export type Breakpoints = Model<"Breakpoints">;
export type ContinueBody = Partial<Model<"ContinueBody">>;

export function continueRun(id: string, body: ContinueBody) {
  return read(api.POST("/runs/{run_id}/continue", { params: { path: { run_id: id } }, body: body as Model<"ContinueBody"> }));
}

export function setBreakpoints(id: string, breakpoints: readonly string[]): Promise<Breakpoints> {
  const body = { breakpoints: [...breakpoints] } as Model<"BreakpointsBody">;
  return read(api.PUT("/runs/{run_id}/breakpoints", { params: { path: { run_id: id } }, body }));
}
