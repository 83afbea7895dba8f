// Find nodes of this workflow by name, type, note or what is in their config; the canvas goes along.
import { Search } from "lucide-react";
import { useId, useMemo, useState } from "react";
import { graphOf } from "@/model/path";
import { searchNodes } from "@/model/search";
import { nodeTitle } from "@/model/workflow";
import { focusCanvas } from "@/pages/workflow/canvas/focus";
import { NodeIcon } from "@/components/graph/NodeIcon";
import { reveal } from "@/pages/workflow/canvas/viewport";
import classes from "@/pages/workflow/palette/NodePalette.module.css";
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
      <div className={classes.search}>
        <Search size={16} aria-hidden="true" />
        <input
          role="combobox"
          aria-label="Search the nodes of this workflow"
          aria-expanded="true"
          aria-controls={`${id}-list`}
          aria-activedescendant={found[at] === undefined ? undefined : `${id}-${at}`}
          placeholder="Find a node…"
          value={words}
          ref={(field) => {
            if (field !== null && !field.dataset["seen"]) {
              field.dataset["seen"] = "yes";
              field.focus({ preventScroll: true });
            }
          }}
          onChange={(event) => {
            setWords(event.currentTarget.value);
            setAt(0);
          }}
          onKeyDown={(event) => {
            event.stopPropagation();
            if (event.key === "Escape") close();
            else if (event.key === "Enter") {
              show(at);
              close();
            } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
              event.preventDefault();
              const next = at + (event.key === "ArrowDown" ? 1 : -1);
              show((next + found.length) % Math.max(1, found.length));
            }
          }}
        />
      </div>
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
