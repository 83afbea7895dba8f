// The installation: what it is, how it does, a copy of its store.
import { queryOptions } from "@tanstack/react-query";
import { api, type Model, read } from "@/api/client";
import { keys } from "@/api/keys";

export type Finding = Model<"FindingModel">;
export type Backup = Model<"BackupModel">;

export const installationInfo = queryOptions({
  queryKey: keys.info,
  queryFn: ({ signal }) => read(api.GET("/info", { signal })),
});

export const systemFindings = queryOptions({
  queryKey: [...keys.info, "system"],
  queryFn: ({ signal }) => read(api.GET("/system", { signal })),
});

export function backUp() {
  return read(api.POST("/system/backup"));
}
