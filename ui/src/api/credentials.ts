// Names of profiles and of secrets: what a workflow may refer to. Their values never come out.
import { queryOptions } from "@tanstack/react-query";
import { api, read } from "@/api/client";
import { keys } from "@/api/keys";

export const profilesQuery = queryOptions({
  queryKey: [...keys.profiles.all, "named"],
  queryFn: async ({ signal }) => (await read(api.GET("/profiles", { signal }))).items,
  staleTime: 30_000,
  retry: false,
});

/** Every name that `secrets.<name>` may have: the secrets of every run, and the fields of profiles. */
export const secretNamesQuery = queryOptions({
  queryKey: [...keys.secrets.all, "referable"],
  queryFn: async ({ signal }) => {
    const [secrets, profiles] = await Promise.allSettled([
      read(api.GET("/secrets", { signal })),
      read(api.GET("/profiles", { signal })),
    ]);
    const own = secrets.status === "fulfilled" ? secrets.value.items.map((one) => one.name) : [];
    const fields = profiles.status === "fulfilled" ? profiles.value.items.flatMap((one) => one.fields.map((field) => field.name)) : [];
    return [...new Set([...own, ...fields])].toSorted();
  },
  staleTime: 30_000,
});
