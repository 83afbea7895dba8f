// A list as a table; on a phone each row is a card. The first link in a row is where the whole row leads.
import { Button, Skeleton } from "@mantine/core";
import type { ReactNode } from "react";
import classes from "@/components/DataTable.module.css";
import type { Tone } from "@/components/status";

export interface Column<Row> {
  id: string;
  title: string;
  /** In its head instead of the title: a button that sorts. */
  head?: ReactNode;
  sorted?: "ascending" | "descending";
  cell: (row: Row) => ReactNode;
  align?: "start" | "end";
  /** What gives way when there is little room: 1 first. */
  secondary?: 1 | 2;
  /** On a phone its title stands before it: of figures, which do not say what they are. */
  named?: boolean;
  /** Takes the room that is left. */
  grow?: boolean;
}

interface Props<Row> {
  /** What it lists, for who cannot see it. */
  label: string;
  columns: readonly Column<Row>[];
  rows: readonly Row[];
  keyOf: (row: Row) => string;
  /** The colour of the knot on the thread before the row. */
  toneOf?: (row: Row) => Tone;
  isLoading?: boolean;
  /** The next page, if there is one. */
  onMore?: (() => void) | null;
  isLoadingMore?: boolean;
}

export function DataTable<Row>(props: Props<Row>) {
  const { label, columns, rows, keyOf, toneOf, isLoading = false, onMore, isLoadingMore = false } = props;
  return (
    <div className={classes.frame}>
      <table className={classes.table} data-threaded={toneOf !== undefined || undefined} aria-label={label} aria-busy={isLoading}>
        <thead>
          <tr>
            {toneOf && <td className={classes.thread} />}
            {columns.map((column) => (
              <th key={column.id} scope="col" aria-sort={column.sorted} {...sidesOf(column)}>
                {column.head ?? column.title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {isLoading
            ? Array.from({ length: 8 }, (_, at) => (
                <tr key={at}>
                  {toneOf && <td className={classes.thread} />}
                  {columns.map((column) => (
                    <td key={column.id} {...sidesOf(column)}>
                      <Skeleton height={12} width={column.grow ? "60%" : "4rem"} />
                    </td>
                  ))}
                </tr>
              ))
            : rows.map((row) => (
                <tr key={keyOf(row)}>
                  {toneOf && (
                    <td className={classes.thread}>
                      <span className={classes.knot} data-tone={toneOf(row)} />
                    </td>
                  )}
                  {columns.map((column) => (
                    <td key={column.id} data-title={column.title} {...sidesOf(column)}>
                      {column.cell(row)}
                    </td>
                  ))}
                </tr>
              ))}
        </tbody>
      </table>
      {onMore && (
        <div className={classes.more}>
          <Button variant="default" onClick={onMore} loading={isLoadingMore}>
            Show more
          </Button>
        </div>
      )}
    </div>
  );
}

function sidesOf<Row>(column: Column<Row>) {
  return {
    "data-align": column.align,
    "data-secondary": column.secondary,
    "data-grow": column.grow || undefined,
    "data-named": column.named || undefined,
  };
}
