// A value as table, JSON or schema, searched.
import { SegmentedControl, TextInput } from "@mantine/core";
import { Search } from "lucide-react";
import { useDeferredValue, useMemo, useState } from "react";
import type { Json } from "@/model/json";
import classes from "@/pages/workflow/inspector/data/DataView.module.css";
import { kindOf, matching, sampleOf, tableOf } from "@/components/values/tree";
import { ValueTree } from "@/pages/workflow/inspector/data/ValueTree";

type Look = "table" | "json" | "schema";
/** Characters of JSON that are drawn. */
const MOST_JSON = 100_000;

interface Props {
  name: string;
  value: Json;
  reference: string;
}

export function DataView({ name, value, reference }: Props) {
  const [look, setLook] = useState<Look>("table");
  const [words, setWords] = useState("");
  const wanted = useDeferredValue(words);
  const found = useMemo(() => matching(value, wanted), [value, wanted]);
  return (
    <div className={classes.value} role="group" aria-label={name}>
      <div className={classes.head}>
        <code className={classes.name}>{name}</code>
        <span className={classes.kind}>
          {kindOf(value)}
          {typeof value === "object" && value !== null && `, ${sampleOf(value)}`}
        </span>
        <SegmentedControl
          size="xs"
          aria-label={`Show ${name} as`}
          value={look}
          onChange={(next) => setLook(next as Look)}
          data={[
            { value: "table", label: "Table" },
            { value: "json", label: "JSON" },
            { value: "schema", label: "Schema" },
          ]}
        />
      </div>
      {typeof value === "object" && value !== null && (
        <TextInput
          className={classes.search ?? ""}
          size="xs"
          aria-label={`Search in ${name}`}
          placeholder="Search names and values"
          leftSection={<Search size={13} />}
          value={words}
          onChange={(event) => setWords(event.currentTarget.value)}
        />
      )}
      {found === undefined ? (
        <p className={classes.none}>Nothing matches.</p>
      ) : look === "table" ? (
        <ValueTable name={name} value={found} />
      ) : look === "json" ? (
        // Long content scrolls: it can be gone to with the keyboard.
        // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
        <pre className={classes.json} tabIndex={0} role="region" aria-label={`${name} as JSON`}>
          {JSON.stringify(found, null, 2).slice(0, MOST_JSON)}
        </pre>
      ) : (
        <ValueTree value={found} reference={reference} name={name} isOpenAtFirst={wanted !== ""} />
      )}
    </div>
  );
}

function ValueTable({ name, value }: { name: string; value: Json }) {
  const table = useMemo(() => tableOf(value), [value]);
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <div className={classes.frame} tabIndex={0} role="region" aria-label={`${name} as a table`}>
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
          {table.rows.map((row, at) => (
            // A row is known by its place.
            // oxlint-disable-next-line react/no-array-index-key
            <tr key={at}>
              {row.map((cell, column) => (
                <td key={table.columns[column]} data-kind={cell === undefined ? undefined : kindOf(cell)}>
                  {cell === undefined ? "" : cellText(cell)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      {table.more > 0 && <p className={classes.none}>and {table.more} more</p>}
    </div>
  );
}

function cellText(value: Json): string {
  const text = typeof value === "object" && value !== null ? JSON.stringify(value) : String(value);
  return text.length > 200 ? `${text.slice(0, 199)}…` : text;
}
