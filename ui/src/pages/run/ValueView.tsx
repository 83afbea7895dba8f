// A value as table or JSON. What was cut is shown as far as it goes.
import { SegmentedControl } from "@mantine/core";
import { useState } from "react";
import { bytes } from "@/format/number";
import { isTruncated } from "@/live/event";
import { preview, tableOf } from "@/pages/run/preview";
import { Scroll } from "@/pages/run/Scroll";
import classes from "@/pages/run/ValueView.module.css";

const MOST_ROWS = 200;

export function ValueView({ label, detail, value }: { label: string; detail?: string; value: unknown }) {
  const table = tableOf(value);
  const [form, setForm] = useState("table");
  return (
    <section className={classes.value} aria-label={label}>
      <div className={classes.head}>
        <strong>{label}</strong>
        {detail && <span>{detail}</span>}
        {table && (
          <SegmentedControl size="xs" aria-label={`Show ${label} as`} value={form} onChange={setForm} data={FORMS} />
        )}
      </div>
      {isTruncated(value) ? (
        <>
          <Scroll className={classes.text} label={label}>
            {value.preview}…
          </Scroll>
          <p className={classes.cut}>Cut: it is {bytes(value.bytes)} long.</p>
        </>
      ) : table && form === "table" ? (
        <Scroll className={classes.frame} label={`${label} as a table`}>
          <table>
            <thead>
              <tr>
                {table.columns.map((column) => (
                  <th key={column} scope="col">
                    {column}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {table.rows.slice(0, MOST_ROWS).map((row, index) => (
                <tr key={index}>
                  {table.columns.map((column) => (
                    <td key={column} title={preview(row[column], 400)}>
                      {preview(row[column], 120)}
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
          {table.rows.length > MOST_ROWS && <p className={classes.cut}>{table.rows.length - MOST_ROWS} more rows: see them as JSON.</p>}
        </Scroll>
      ) : (
        <Scroll className={classes.text} label={label}>
          {typeof value === "string" ? value : JSON.stringify(value, null, 2)}
        </Scroll>
      )}
    </section>
  );
}

const FORMS = [
  { value: "table", label: "Table" },
  { value: "json", label: "JSON" },
];
