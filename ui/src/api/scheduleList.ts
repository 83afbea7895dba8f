// Every schedule there is, to pick those of one workflow.
import { queryOptions } from "@tanstack/react-query";
import { api, type Model, read } from "@/api/client";
import { keys } from "@/api/keys";

export type Schedule = Model<"Schedule">;

export const allSchedules = queryOptions({
  queryKey: [...keys.schedules.list, "of-all"],
  queryFn: ({ signal }) => read(api.GET("/schedules", { params: { query: { limit: 200 } }, signal })),
});
