// Node types: what there is to build with.
import { queryOptions } from "@tanstack/react-query";
import { api, type Model, read } from "@/api/client";
import { keys } from "@/api/keys";
import { type Catalogue, makeCatalogue } from "@/model/catalogue";

/** Every node type in full. They change when the server is started anew with other packs. */
export const catalogueQuery = queryOptions({
  queryKey: keys.nodes.types,
  queryFn: async ({ signal }): Promise<Catalogue> => {
    const { items } = await read(api.GET("/nodes", { params: { query: { detail: true } }, signal }));
    return makeCatalogue(items as Model<"NodeTypeDetail">[]);
  },
  staleTime: Number.POSITIVE_INFINITY,
  gcTime: Number.POSITIVE_INFINITY,
});
