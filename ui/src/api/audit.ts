// The audit log: read, verified, taken out.
import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { API, api, type Model, read } from "@/api/client";
import { keys } from "@/api/keys";
import { nextCursor } from "@/api/paging";

export type AuditEntry = Model<"AuditEntry">;

export interface AuditFilter {
  actor?: string;
  action?: string;
  subject?: string;
  outcome?: "done" | "refused" | "failed";
  since?: string;
  until?: string;
}

export function auditList(filter: AuditFilter) {
  return infiniteQueryOptions({
    queryKey: keys.audit.list(filter),
    queryFn: ({ signal, pageParam }) =>
      read(
        api.GET("/audit", {
          params: { query: { ...filter, limit: 50, ...(pageParam === null ? {} : { cursor: pageParam }) } },
          signal,
        }),
      ),
    initialPageParam: null as string | null,
    getNextPageParam: nextCursor,
  });
}

export const auditVerdict = queryOptions({
  queryKey: [...keys.audit.all, "verdict"],
  queryFn: ({ signal }) => read(api.GET("/audit/verify", { signal })),
  // It reads the whole log.
  staleTime: 60_000,
});

/** Where the browser fetches all that the filter lets through. */
export function auditExport(filter: AuditFilter, format: "csv" | "ndjson"): string {
  return `${API}/audit/export?${new URLSearchParams({ format, ...filter })}`;
}
