// A value as table, JSON or schema, searched where there is much of it. What was cut is shown as far as it goes.
import { SegmentedControl, TextInput } from "@mantine/core";
import { Search } from "lucide-react";
import { useDeferredValue, useMemo, useState } from "react";
import { Scroll } from "@/components/Scroll";
import { onOneLine } from "@/components/values/preview";
import { kindOf, matching, sampleOf, tableOf, treeOf } from "@/components/values/tree";
import classes from "@/components/values/ValueView.module.css";
import { bytes } from "@/format/number";
import { isTruncated } from "@/live/event";
import type { Json } from "@/model/json";

type Look = "table" | "json" | "schema";

const LOOKS = [
  { value: "table", label: "Table" },
  { value: "json", label: "JSON" },
  { value: "schema", label: "Schema" },
];
/** Characters of JSON from which on it is worth a search. */
const MUCH = 400;
const MOST_JSON = 100_000;

interface Props {
  label: string;
  /** Beside it: where it comes from. */
  detail?: string;
  value: unknown;
  /** Its name is said to who cannot see it, and not shown. */
  isNameHidden?: boolean;
}

export function ValueView({ label, detail, value, isNameHidden = false }: Props) {
  const [look, setLook] = useState<Look>("table");
  const [words, setWords] = useState("");
  const wanted = useDeferredValue(words);
  const json = value as Json;
  const hasParts = typeof value === "object" && value !== null && !isTruncated(value) && Object.keys(value).length > 0;
  const text = useMemo(() => (hasParts ? JSON.stringify(value, null, 2) : ""), [hasParts, value]);
  const found = useMemo(() => (hasParts ? matching(json, wanted) : undefined), [hasParts, json, wanted]);
  return (
    <section className={classes.value} aria-label={label}>
      {!(isNameHidden && !hasParts) && (
        <div className={classes.head}>
          {!isNameHidden && <strong>{label}</strong>}
          {detail && <span>{detail}</span>}
          {hasParts && detail === undefined && <span>{sampleOf(json)}</span>}
          {hasParts && (
            <SegmentedControl size="xs" aria-label={`Show ${label} as`} value={look} onChange={(next) => setLook(next as Look)} data={LOOKS} />
          )}
        </div>
      )}
      {text.length > MUCH && (
        <TextInput
          size="xs"
          aria-label={`Search in ${label}`}
          placeholder="Search names and values"
          leftSection={<Search size={13} aria-hidden="true" />}
          value={words}
          onChange={(event) => setWords(event.currentTarget.value)}
        />
      )}
      {!hasParts ? (
        <Plain label={label} value={value} />
      ) : found === undefined ? (
        <p className={classes.cut}>Nothing matches.</p>
      ) : look === "table" ? (
        <ValueTable label={label} value={found} />
      ) : look === "json" ? (
        <Scroll className={classes.text} label={`${label} as JSON`}>
          {(wanted === "" ? text : JSON.stringify(found, null, 2)).slice(0, MOST_JSON)}
        </Scroll>
      ) : (
        <Schema label={label} value={found} />
      )}
    </section>
  );
}

function Plain({ label, value }: { label: string; value: unknown }) {
  if (isTruncated(value)) {
    return (
      <>
        <Scroll className={classes.text} label={label}>
          {value.preview}…
        </Scroll>
        <p className={classes.cut}>Cut: it is {bytes(value.bytes)} long.</p>
      </>
    );
  }
  if (value === "" || (typeof value === "object" && value !== null)) {
    return <p className={classes.cut}>{value === "" ? "An empty text." : Array.isArray(value) ? "An empty list." : "Nothing in it."}</p>;
  }
  return (
    <Scroll className={classes.text} label={label}>
      {typeof value === "string" ? value : JSON.stringify(value ?? null)}
    </Scroll>
  );
}

function ValueTable({ label, value }: { label: string; value: Json }) {
  const { columns, rows, more } = useMemo(() => tableOf(value), [value]);
  const isNamed = !Array.isArray(value);
  return (
    <Scroll className={classes.frame} label={`${label} as a table`}>
      <table data-named={isNamed || undefined}>
        {!isNamed && (
          <thead>
            <tr>
              {columns.map((column) => (
                <th key={column} scope="col">
                  {column}
                </th>
              ))}
            </tr>
          </thead>
        )}
        <tbody>
          {rows.map((row, at) => (
            // A row is known by its place.
            // oxlint-disable-next-line react/no-array-index-key
            <tr key={at}>
              {row.map((cell, column) =>
                isNamed && column === 0 ? (
                  <th key={columns[column]} scope="row">
                    {cellText(cell)}
                  </th>
                ) : (
                  <td key={columns[column]} data-kind={cell === undefined ? undefined : kindOf(cell)} title={isNamed ? undefined : cellText(cell, 400)}>
                    {cellText(cell, isNamed ? 600 : 120)}
                  </td>
                ),
              )}
            </tr>
          ))}
        </tbody>
      </table>
      {more > 0 && <p className={classes.cut}>and {more} more: see them as JSON</p>}
    </Scroll>
  );
}

function cellText(value: Json | undefined, most = 120): string {
  if (value === undefined) return "";
  if (typeof value === "object" && value !== null) return onOneLine(value, most);
  const text = String(value);
  return text.length > most ? `${text.slice(0, most - 1)}…` : text;
}

function Schema({ label, value }: { label: string; value: Json }) {
  const rows = useMemo(() => treeOf(value, label, label, () => true).slice(1), [value, label]);
  return (
    <Scroll className={classes.frame} label={`${label} as a schema`}>
      <ul className={classes.schema}>
        {rows.map((row) => (
          <li key={row.reference} data-depth={Math.min(row.depth, 8)}>
            <b>{row.name}</b>
            <i>{row.kind}</i>
            <span>{row.sample}</span>
          </li>
        ))}
      </ul>
    </Scroll>
  );
}
