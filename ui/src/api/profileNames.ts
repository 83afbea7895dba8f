// Profiles by name, to choose from.
import { queryOptions } from "@tanstack/react-query";
import { api, read } from "@/api/client";
import { keys } from "@/api/keys";

export const profileNames = queryOptions({
  queryKey: [...keys.profiles.all, "names"],
  queryFn: async ({ signal }) => {
    const { items } = await read(api.GET("/profiles", { signal }));
    return items.map((profile) => profile.name);
  },
});
