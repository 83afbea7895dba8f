// Find nodes of this workflow by name, type, note or what is in their config; the canvas goes along.
import { useId, useMemo, useState } from "react";
import { graphOf } from "@/model/path";
import { searchNodes } from "@/model/search";
import { nodeTitle } from "@/model/workflow";
import { focusCanvas } from "@/pages/workflow/canvas/focus";
import { NodeIcon } from "@/components/graph/NodeIcon";
import { reveal } from "@/pages/workflow/canvas/viewport";
import classes from "@/pages/workflow/palette/NodePalette.module.css";
import { SearchRow } from "@/pages/workflow/palette/SearchRow";
import own from "@/pages/workflow/canvas/NodeSearch.module.css";
import { useEditor } from "@/pages/workflow/store/editorStore";
import { setView, useView } from "@/pages/workflow/store/viewStore";

const MOST = 40;

export function NodeSearch() {
  const isSearching = useView((view) => view.isSearching);
  return isSearching ? <Open /> : null;
}

function Open() {
  const workflow = useEditor((state) => state.workflow);
  const catalogue = useEditor((state) => state.catalogue);
  const select = useEditor((state) => state.select);
  const [words, setWords] = useState("");
  const [at, setAt] = useState(0);
  const id = useId();
  const found = useMemo(() => searchNodes(workflow, catalogue, words).slice(0, MOST), [workflow, catalogue, words]);
  const show = (index: number): void => {
    const one = found[index];
    setAt(index);
    if (one === undefined) return;
    select([one.path]);
    reveal(one.path);
    document.getElementById(`${id}-${index}`)?.scrollIntoView({ block: "nearest" });
  };
  const close = (): void => {
    setView({ isSearching: false });
    focusCanvas();
  };
  return (
    <div className={`${classes.palette ?? ""} ${own.search ?? ""}`} role="dialog" aria-label="Search on the canvas">
      <SearchRow
        id={id}
        label="Search the nodes of this workflow"
        placeholder="Find a node…"
        words={words}
        at={at}
        count={found.length}
        onWords={(next) => {
          setWords(next);
          setAt(0);
        }}
        onWalk={show}
        onTake={() => {
          show(at);
          close();
        }}
        onClose={close}
      />
      <div className={classes.list} id={`${id}-list`} role="listbox" aria-label="Nodes" tabIndex={-1}>
        {found.map(({ path, node, where }, index) => {
          return (
            <div
              key={path}
              className={classes.entry}
              id={`${id}-${index}`}
              role="option"
              tabIndex={-1}
              aria-selected={index === at}
              onMouseDown={(event) => event.preventDefault()}
              onClick={() => {
                show(index);
                close();
              }}
              onKeyDown={undefined}
            >
              <NodeIcon type={node.type} />
              <span>{nodeTitle(node)}</span>
              <code>{where ?? (graphOf(path) === "" ? node.type : `in ${graphOf(path)}`)}</code>
            </div>
          );
        })}
        {found.length === 0 && <p className={classes.none}>No node is called like that.</p>}
      </div>
    </div>
  );
}
