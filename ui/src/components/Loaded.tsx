// What a query has: a place kept while it loads, its trouble, or its content.
import { Skeleton } from "@mantine/core";
import type { UseQueryResult } from "@tanstack/react-query";
import type { ReactNode } from "react";
import classes from "@/components/Loaded.module.css";
import { ProblemNotice } from "@/components/ProblemNotice";

interface Props<Data> {
  query: Pick<UseQueryResult<Data>, "data" | "error" | "refetch">;
  /** Lines of the place that is kept. */
  lines?: number;
  children: (data: Data) => ReactNode;
}

export function Loaded<Data>({ query, lines = 4, children }: Props<Data>) {
  if (query.data !== undefined) return children(query.data);
  if (query.error !== null) return <ProblemNotice error={query.error} onRetry={() => void query.refetch()} />;
  return <Lines count={lines} />;
}

export function Lines({ count }: { count: number }) {
  return (
    <div className={classes.lines} role="status" aria-label="Loading">
      {Array.from({ length: count }, (_, at) => (
        <Skeleton key={at} height={14} width={`${88 - ((at * 23) % 45)}%`} />
      ))}
    </div>
  );
}
