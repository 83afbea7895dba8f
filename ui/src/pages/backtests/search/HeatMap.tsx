// The heat map itself: a table of buttons, gone through with the arrow keys.
import { type CSSProperties, type KeyboardEvent, useEffect, useRef } from "react";
import { Scroll } from "@/components/Scroll";
import { labelOf, shown } from "@/pages/backtests/figures";
import { type Heat, inkOf } from "@/pages/backtests/search/heat";
import classes from "@/pages/backtests/search/HeatMap.module.css";

interface Props {
  heat: Heat;
  metric: string;
  currency: string;
  /** Places among all rows. */
  best: number | null;
  chosen: number | null;
  onChoose: (row: number) => void;
}

const STEPS: Readonly<Record<string, readonly [number, number]>> = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };
/** Columns that have room for their figures; of more, colours are shown, and the figure of what one points at. */
const MOST_COLUMNS = 12;
/** More than that much ink, and the figure on it could not be read. */
const MOST_INK = 38;
const MOST_INK_ALONE = 85;

export function HeatMap({ heat, metric, currency, best, chosen, onChoose }: Props) {
  const table = useRef<HTMLTableElement>(null);
  const { across, down, columns, rows, cells } = heat;
  const all = cells.flat();
  const reached = all.find((cell) => cell?.row === chosen) ?? all.find((cell) => cell?.row === best) ?? all.find((cell) => cell !== null);
  const isDense = columns.length > MOST_COLUMNS;
  const bestAt = placeOf(cells, best);
  useEffect(() => {
    if (bestAt !== null) showColumn(table.current?.querySelector(`[data-at="${bestAt}"]`) ?? null);
  }, [bestAt]);
  const move = (event: KeyboardEvent, y: number, x: number) => {
    const step = STEPS[event.key];
    if (step === undefined) return;
    event.preventDefault();
    let [line, column] = [y + step[0], x + step[1]];
    // Over what was not tried.
    while (cells[line] !== undefined && cells[line]?.[column] === null) [line, column] = [line + step[0], column + step[1]];
    table.current?.querySelector<HTMLButtonElement>(`[data-at="${line} ${column}"]`)?.focus();
  };
  return (
    <Scroll className={classes.frame} label={`Heat map of ${labelOf(metric)}`}>
      <table ref={table} className={classes.heat} data-dense={isDense || undefined} aria-label={`${labelOf(metric)} by ${down === null ? across : `${across} and ${down}`}`}>
        <thead>
          <tr>
            <td className={classes.corner}>
              {down !== null && <span>{down} ↓</span>} <span>{across} →</span>
            </td>
            {columns.map((value) => (
              <th key={String(value)} scope="col">
                {String(value)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {cells.map((line, y) => (
            <tr key={String(rows[y])}>
              <th scope="row">{down === null ? "" : String(rows[y])}</th>
              {line.map((cell, x) => {
                if (cell === null) return <td key={String(columns[x])} className={classes.none} title="Not tried, or without this figure" />;
                const { tone, share } = inkOf(metric, cell.value, heat);
                const said = shown(metric, cell.value, currency);
                const name = `${across} ${String(columns[x])}${down === null ? "" : `, ${down} ${String(rows[y])}`}: ${labelOf(metric)} ${said}${cell.row === best ? ", the best" : ""}`;
                return (
                  <td key={String(columns[x])}>
                    <button
                      type="button"
                      data-at={`${y} ${x}`}
                      data-best={cell.row === best || undefined}
                      aria-pressed={cell.row === chosen}
                      aria-label={name}
                      title={name}
                      tabIndex={cell === reached ? 0 : -1}
                      style={{ "--ink": `var(--td-${tone})`, "--share": `${Math.round(share * (isDense ? MOST_INK_ALONE : MOST_INK))}%` } as CSSProperties}
                      onClick={() => onChoose(cell.row)}
                      onKeyDown={(event) => move(event, y, x)}
                    >
                      {!isDense && said}
                    </button>
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  );
}

/** `line column` */
function placeOf(cells: Heat["cells"], row: number | null): string | null {
  const line = row === null ? -1 : cells.findIndex((found) => found.some((cell) => cell?.row === row));
  return line === -1 ? null : `${line} ${cells[line]?.findIndex((cell) => cell?.row === row) ?? 0}`;
}

/** Brings a cell's column into sight, where not all of them are; the page stays where it is. */
function showColumn(cell: Element | null): void {
  const frame = cell?.closest<HTMLElement>('[role="group"]');
  if (!cell || !frame) return;
  const [at, room] = [cell.getBoundingClientRect(), frame.getBoundingClientRect()];
  if (at.right > room.right || at.left < room.left) frame.scrollLeft += at.left - room.left - room.width / 2;
}
