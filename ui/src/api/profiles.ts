// Profiles: named credentials, whose values are written and never read.
import { queryOptions } from "@tanstack/react-query";
import { api, type Model, read } from "@/api/client";
import { keys } from "@/api/keys";

export type Profile = Model<"ProfileInfo">;
export type ConnectionTest = Model<"ConnectionTestResult">;

export const profileList = queryOptions({
  queryKey: keys.profiles.all,
  queryFn: ({ signal }) => read(api.GET("/profiles", { signal })),
});

export function createProfile(body: Model<"NewProfile">) {
  return read(api.POST("/profiles", { body }));
}

/** Fields that are null are removed; those left out stay. */
export function changeProfile(name: string, body: Model<"ProfileChange">) {
  return read(api.PATCH("/profiles/{name}", { params: { path: { name } }, body }));
}

/** `force`: also where deployments are bound to it. */
export function deleteProfile(name: string, force: boolean) {
  return read(api.DELETE("/profiles/{name}", { params: { path: { name }, query: { force } } }));
}

export function testProfile(name: string) {
  return read(api.POST("/profiles/{name}/test", { params: { path: { name } } }));
}
