// Teams: with whom workflows are shared together.
import { queryOptions } from "@tanstack/react-query";
import { api, done, type Model, read } from "@/api/client";
import { keys } from "@/api/keys";

export type Team = Model<"Team">;

export const teamList = queryOptions({
  queryKey: keys.teams.all,
  queryFn: ({ signal }) => read(api.GET("/teams", { params: { query: { limit: 200 } }, signal })),
});

export function createTeam(body: Model<"CreateTeam">) {
  return read(api.POST("/teams", { body }));
}

export function changeTeam(name: string, body: Model<"ChangeTeam">) {
  return read(api.PATCH("/teams/{name}", { params: { path: { name } }, body }));
}

export function deleteTeam(name: string): Promise<void> {
  return done(api.DELETE("/teams/{name}", { params: { path: { name } } }));
}
