// What to add: node types by words and by what fits, each with what it does. Arrows choose, Enter adds.
import { useId, useMemo, useState } from "react";
import type { NodeType } from "@/model/catalogue";
import { typeName } from "@/model/portType";
import { snap } from "@/model/operations/move";
import { attempt } from "@/pages/workflow/canvas/attempt";
import { freePlace } from "@/pages/workflow/canvas/commands";
import { focusCanvas } from "@/pages/workflow/canvas/focus";
import { NodeIcon } from "@/components/graph/NodeIcon";
import { boxOf, here, reveal } from "@/pages/workflow/canvas/viewport";
import classes from "@/pages/workflow/palette/NodePalette.module.css";
import { placeFor } from "@/pages/workflow/palette/place";
import { remember, recentTypes } from "@/pages/workflow/palette/recent";
import { choose, fitsFor, offersOf } from "@/pages/workflow/palette/search";
import { SearchRow } from "@/pages/workflow/palette/SearchRow";
import { useEditor } from "@/pages/workflow/store/editorStore";
import { type PaletteFor, setView, useView } from "@/pages/workflow/store/viewStore";

export function NodePalette() {
  const wanted = useView((view) => view.palette);
  return wanted === undefined ? null : <Open key={JSON.stringify(wanted)} wanted={wanted} />;
}

function Open({ wanted }: { wanted: PaletteFor }) {
  const catalogue = useEditor((state) => state.catalogue);
  const workflow = useEditor((state) => state.workflow);
  const [words, setWords] = useState("");
  const [at, setAt] = useState(0);
  const id = useId();
  const fits = useMemo(() => fitsFor(workflow, catalogue, wanted), [workflow, catalogue, wanted]);
  const offers = useMemo(() => offersOf(catalogue, words, fits, recentTypes()), [catalogue, words, fits]);
  const types = offers.flatMap((offer) => offer.types);
  const current = types[at];

  const close = (): void => {
    setView({ palette: undefined });
    focusCanvas();
  };
  const take = (type: NodeType): void => {
    const place = wanted.at ?? placeFor(wanted) ?? freePlace(wanted.graph);
    const position = { x: snap(place.x), y: snap(place.y) };
    const result = attempt((now, known) => choose(now, known, wanted, type.type, position));
    close();
    if (!result.ok) return;
    remember(type.type);
    const made = result.value.selection?.[0];
    if (type.kind === "note" && made !== undefined) setView({ writing: made });
    if (made !== undefined) requestAnimationFrame(() => requestAnimationFrame(() => boxOf(made) && reveal(made)));
  };

  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions
    <div
      className={classes.palette}
      role="dialog"
      aria-label={titleOf(wanted, fits !== undefined)}
      style={spotOf(wanted)}
      onBlur={(event) => {
        if (!event.currentTarget.contains(event.relatedTarget)) setView({ palette: undefined });
      }}
    >
      <SearchRow
        id={id}
        label="Search node types"
        placeholder={titleOf(wanted, fits !== undefined)}
        words={words}
        at={at}
        count={types.length}
        onWords={(next) => {
          setWords(next);
          setAt(0);
        }}
        onWalk={(to) => {
          setAt(to);
          document.getElementById(`${id}-${to}`)?.scrollIntoView({ block: "nearest" });
        }}
        onTake={() => {
          if (current !== undefined) take(current);
        }}
        onClose={close}
      />
      {fits !== undefined && (
        <p className={classes.fits}>
          {fits.side === "output" ? `Takes ${typeName(fits.type)}` : `Gives what ${fits.port.name} takes`}
        </p>
      )}
      <div className={classes.list} id={`${id}-list`} role="listbox" aria-label="Node types" tabIndex={-1}>
        {offers.map((offer) => (
          <div key={offer.title} role="group" aria-label={offer.title}>
            <div className={classes.title} aria-hidden="true">
              {offer.title}
            </div>
            {offer.types.map((type) => (
              <Entry
                key={type.type}
                type={type}
                id={`${id}-${indexIn(offers, offer, type)}`}
                isCurrent={indexIn(offers, offer, type) === at}
                onPoint={() => setAt(indexIn(offers, offer, type))}
                onTake={() => take(type)}
              />
            ))}
          </div>
        ))}
        {types.length === 0 && <p className={classes.none}>Nothing is called like that{fits && " and fits"}.</p>}
      </div>
      {current !== undefined && <Details type={current} />}
    </div>
  );
}

function indexIn(offers: ReturnType<typeof offersOf>, offer: ReturnType<typeof offersOf>[number], type: NodeType): number {
  let before = 0;
  for (const one of offers) {
    if (one === offer) return before + one.types.indexOf(type);
    before += one.types.length;
  }
  return -1;
}

interface EntryProps {
  type: NodeType;
  id: string;
  isCurrent: boolean;
  onPoint: () => void;
  onTake: () => void;
}

function Entry({ type, id, isCurrent, onPoint, onTake }: EntryProps) {
  return (
    <div
      className={classes.entry}
      id={id}
      role="option"
      tabIndex={-1}
      aria-selected={isCurrent}
      data-away={!type.available || undefined}
      onPointerMove={onPoint}
      onMouseDown={(event) => event.preventDefault()}
      onClick={onTake}
      onKeyDown={undefined}
    >
      <NodeIcon type={type.type} />
      <span>{type.title}</span>
      <code>{type.type}</code>
    </div>
  );
}

function Details({ type }: { type: NodeType }) {
  const [first = ""] = type.description.split("\n\n");
  const ports = (list: readonly { name: string }[]): string => list.map((port) => port.name).join(", ");
  return (
    <div className={classes.details} aria-live="polite">
      <p>{first.replaceAll("`", "").replaceAll("\n", " ")}</p>
      <p className={classes.ports}>
        {type.inputs.length > 0 && <>takes {ports(type.inputs)} · </>}
        {type.outputs.length > 0 ? <>gives {ports(type.outputs)}</> : "gives nothing"}
        {!type.available && " · not installed here"}
      </p>
    </div>
  );
}

function titleOf(wanted: PaletteFor, isFiltered: boolean): string {
  if (wanted.replaces !== undefined) return "Replace by…";
  if (wanted.wire !== undefined) return "Put in between…";
  if (wanted.from?.side === "input") return "What comes before?";
  return isFiltered ? "What comes next?" : "Add a node…";
}

const WIDE = 360;
const HIGH = 440;

function spotOf({ screen }: PaletteFor): React.CSSProperties {
  const room = here.element?.getBoundingClientRect();
  if (room === undefined) return {};
  const height = Math.min(HIGH, room.height - 24);
  if (screen === undefined) return { left: Math.max(12, (room.width - WIDE) / 2), top: Math.max(12, (room.height - height) / 4), maxHeight: height };
  return {
    left: Math.max(12, Math.min(screen.x, room.width - WIDE - 12)),
    top: Math.max(12, Math.min(screen.y, room.height - height - 12)),
    maxHeight: height,
  };
}
