// What a task is about: as a table where it is one, else as JSON.
import { SegmentedControl } from "@mantine/core";
import { useState } from "react";
import type { Json } from "@/form/schema";
import { cellText, type Table, tableOf } from "@/pages/inbox/shown";
import classes from "@/pages/inbox/ValueView.module.css";

const WAYS = [
  { value: "table", label: "Table" },
  { value: "json", label: "JSON" },
];

export function ValueView({ value }: { value: Json }) {
  const [way, setWay] = useState("table");
  const table = tableOf(value);
  if (table === null && typeof value === "string") return <p className={classes.text}>{value}</p>;
  return (
    <section className={classes.value} aria-label="What it is about">
      {table !== null && (
        <SegmentedControl size="xs" aria-label="Show the value as" data={WAYS} value={way} onChange={setWay} />
      )}
      <div className={classes.frame}>
        {table !== null && way === "table" ? <ValueTable table={table} /> : <pre>{JSON.stringify(value, null, 2)}</pre>}
      </div>
    </section>
  );
}

function ValueTable({ table: { columns, rows } }: { table: Table }) {
  return (
    <table className={classes.table}>
      {columns.length > 0 && (
        <thead>
          <tr>
            {columns.map((name) => (
              <th key={name} scope="col">
                {name}
              </th>
            ))}
          </tr>
        </thead>
      )}
      <tbody>
        {rows.map((row, at) => (
          <tr key={at}>
            {row.map((cell, column) =>
              columns.length === 0 && column === 0 ? (
                <th key={column} scope="row">
                  {cellText(cell)}
                </th>
              ) : (
                <td key={column} data-number={typeof cell === "number" || undefined}>
                  {cellText(cell)}
                </td>
              ),
            )}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
