// Bars of the project, to test over: what there is, what is being downloaded, what is added.
import { queryOptions } from "@tanstack/react-query";
import { api, done, type Model, read } from "@/api/client";
import { keys } from "@/api/keys";

export type Bars = Model<"KeptBars">;
export type Download = Model<"BarsDownload">;
export type NewDownload = Model<"DownloadBars">;

const AT_MOST = 200;
const LOOK_AGAIN = 1000;

export const barsList = queryOptions({
  queryKey: keys.bars.list,
  queryFn: async ({ signal }) => (await read(api.GET("/bars", { params: { query: { limit: AT_MOST } }, signal }))).items,
});

export function isUnderWay({ state }: Pick<Download, "state">): boolean {
  return state === "running";
}

export const downloadList = queryOptions({
  queryKey: keys.bars.downloads,
  queryFn: async ({ signal }) => (await read(api.GET("/bars/downloads", { params: { query: { limit: AT_MOST } }, signal }))).items,
  refetchInterval: ({ state }) => (state.data?.some(isUnderWay) === true ? LOOK_AGAIN : false),
});

export function startDownload(body: NewDownload): Promise<Download> {
  return read(api.POST("/bars/download", { body }));
}

export function cancelDownload(id: string): Promise<void> {
  return done(api.DELETE("/bars/downloads/{download_id}", { params: { path: { download_id: id } } }));
}

/** The file is the body, as it is. */
export function uploadBars(file: File): Promise<Bars> {
  const isParquet = file.name.toLowerCase().endsWith(".parquet");
  return read(
    api.POST("/bars", {
      params: { query: { name: file.name } },
      body: file as unknown as string,
      bodySerializer: (body) => body,
      headers: { "Content-Type": isParquet ? "application/vnd.apache.parquet" : "text/csv" },
    }),
  );
}
