// Deployments: workflows at work.
import { queryOptions } from "@tanstack/react-query";
import { api, done, type Model, read } from "@/api/client";
import { keys } from "@/api/keys";

export type Deployment = Model<"Deployment">;

export function deploymentList(filter: { workflow?: string; limit?: number } = {}) {
  return queryOptions({
    queryKey: keys.deployments.list(filter),
    queryFn: ({ signal }) => read(api.GET("/deployments", { params: { query: filter }, signal })),
  });
}

export type Comparison = Model<"Comparison">;
export type Measure = Model<"Measure">;
export type MovingRun = Model<"MovingRun">;
export type DeploymentMode = Deployment["mode"];
export type NewDeployment = Model<"CreateDeployment">;
export type DeploymentUpdate = Model<"UpdateDeployment">;

const at = (name: string) => ({ params: { path: { name } } });

export function deploymentOne(name: string) {
  return queryOptions({
    queryKey: keys.deployments.one(name),
    queryFn: ({ signal }) => read(api.GET("/deployments/{name}", { ...at(name), signal })),
  });
}

/** With its `ETag`, so that what somebody else changed meanwhile is not written over. */
export function deploymentForEdit(name: string) {
  return queryOptions({
    queryKey: keys.deployments.forEdit(name),
    queryFn: async ({ signal }) => {
      const answer = api.GET("/deployments/{name}", { ...at(name), signal });
      const deployment = await read(answer);
      return { deployment, etag: (await answer).response.headers.get("etag") };
    },
    staleTime: 0,
    gcTime: 0,
  });
}

export function movesOf(name: string, version: string) {
  return queryOptions({
    queryKey: keys.deployments.moves(name, version),
    queryFn: ({ signal }) =>
      read(api.GET("/deployments/{name}/moves", { params: { path: { name }, query: { version } }, signal })),
    staleTime: 0,
  });
}

export function stateOf(name: string) {
  return queryOptions({
    queryKey: keys.deployments.state(name),
    queryFn: ({ signal }) => read(api.GET("/deployments/{name}/state", { ...at(name), signal })),
  });
}

export function triggersOf(name: string) {
  return queryOptions({
    queryKey: keys.deployments.triggers(name),
    queryFn: ({ signal }) => read(api.GET("/deployments/{name}/triggers", { ...at(name), signal })),
  });
}

export function comparisonOf(one: string, other: string) {
  return queryOptions({
    queryKey: keys.deployments.compare(one, other),
    queryFn: ({ signal }) =>
      read(
        api.GET("/deployments/{name}/compare", { params: { path: { name: one }, query: { with: other } }, signal }),
      ),
  });
}

export function deploy(body: NewDeployment) {
  return read(api.POST("/deployments", { body }));
}

export function updateDeployment(name: string, body: DeploymentUpdate, etag: string | null) {
  const header = etag === null ? {} : { "If-Match": etag };
  return read(api.PATCH("/deployments/{name}", { params: { path: { name }, header }, body }));
}

export function cloneDeployment(name: string, body: Model<"CloneDeployment">) {
  return read(api.POST("/deployments/{name}/clone", { ...at(name), body }));
}

/** `confirm` says what it puts at stake, where that was asked for. */
export function startDeployment(name: string, confirm: string | null = null) {
  return read(api.POST("/deployments/{name}/start", { ...at(name), ...(confirm === null ? {} : { body: { confirm } }) }));
}

export function haltDeployment(name: string, reason: string, close: boolean) {
  return read(api.POST("/deployments/{name}/halt", { ...at(name), body: { reason, close } }));
}

export function resetHalt(name: string) {
  return read(api.DELETE("/deployments/{name}/halt", at(name)));
}

export function pauseDeployment(name: string) {
  return read(api.POST("/deployments/{name}/pause", at(name)));
}

export function stopDeployment(name: string, cancelRuns: boolean) {
  return read(api.POST("/deployments/{name}/stop", { ...at(name), body: { cancel_runs: cancelRuns } }));
}

export function deleteDeployment(name: string): Promise<void> {
  return done(api.DELETE("/deployments/{name}", at(name)));
}

export function removeStateValue(name: string, key: string): Promise<void> {
  return done(api.DELETE("/deployments/{name}/state/{key}", { params: { path: { name, key } } }));
}
