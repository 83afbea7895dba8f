// The parts of a value, to be dragged or put into an expression.
import { UnstyledButton } from "@mantine/core";
import { ChevronDown, ChevronRight } from "lucide-react";
import { type CSSProperties, useMemo, useState } from "react";
import { tell } from "@/components/notices";
import { REFERENCE, usePlace } from "@/expression/place";
import type { Json } from "@/model/json";
import { treeOf } from "@/components/values/tree";
import classes from "@/pages/workflow/inspector/data/ValueTree.module.css";

interface Props {
  value: Json;
  /** How an expression reads it. */
  reference: string;
  name: string;
  isOpenAtFirst?: boolean;
}

export function ValueTree({ value, reference, name, isOpenAtFirst = false }: Props) {
  const place = usePlace();
  const [flipped, setFlipped] = useState<ReadonlySet<string>>(new Set());
  const rows = useMemo(() => {
    const isOpen = (at: string, depth: number) => (depth === 0 || isOpenAtFirst) !== flipped.has(at);
    return treeOf(value, reference, name, isOpen).map((row) => ({ ...row, isOpen: isOpen(row.reference, row.depth) }));
  }, [value, reference, name, isOpenAtFirst, flipped]);
  const insert = (what: string) => {
    if (place?.insert(what) !== true) tell("Go into a field that is an expression first: it is inserted at its cursor.");
  };
  const flip = (at: string) =>
    setFlipped((before) => {
      const after = new Set(before);
      if (!after.delete(at)) after.add(at);
      return after;
    });
  return (
    <ul className={classes.rows} aria-label={`Parts of ${name}`}>
      {rows.map((row) => (
        <li key={row.reference} style={{ "--depth": row.depth } as CSSProperties}>
          {row.hasParts ? (
            <UnstyledButton
              className={classes.flip ?? ""}
              aria-label={`${row.isOpen ? "Close" : "Open"} ${row.name}`}
              aria-expanded={row.isOpen}
              onClick={() => flip(row.reference)}
            >
              {row.isOpen ? <ChevronDown size={13} /> : <ChevronRight size={13} />}
            </UnstyledButton>
          ) : (
            <span className={classes.flip} />
          )}
          <UnstyledButton
            className={classes.row ?? ""}
            draggable
            title={row.reference}
            // The field that is written in keeps its cursor.
            onMouseDown={(event) => event.detail > 1 && event.preventDefault()}
            onDragStart={(event) => {
              event.dataTransfer.setData(REFERENCE, row.reference);
              event.dataTransfer.setData("text/plain", row.reference);
              event.dataTransfer.effectAllowed = "copy";
            }}
            onClick={() => insert(row.reference)}
          >
            <span className={classes.hidden}>Insert {row.reference}: </span>
            <span className={classes.name}>{row.name}</span>
            <span className={classes.kind}>{row.kind}</span>
            <span className={classes.sample}>{row.sample}</span>
          </UnstyledButton>
        </li>
      ))}
    </ul>
  );
}
