// All nodes as a tree, for who does not see the canvas or does not want to: arrows walk, the keys of the canvas count
// here too, and a node is connected by choosing what it leads to.
import { CircleAlert } from "lucide-react";
import { useMemo, useRef } from "react";
import { mayConnect } from "@/model/compatibility";
import { connect } from "@/model/operations/connect";
import { graphAt, graphOf, idOf } from "@/model/path";
import { dataOutputs, portsOf } from "@/model/ports";
import { findNode, nodeTitle } from "@/model/workflow";
import { attempt } from "@/pages/workflow/canvas/attempt";
import { NodeIcon } from "@/components/graph/NodeIcon";
import { reveal } from "@/pages/workflow/canvas/viewport";
import { outlineOf } from "@/pages/workflow/editor/outline";
import classes from "@/pages/workflow/editor/SideList.module.css";
import { useEditor } from "@/pages/workflow/store/editorStore";

export function Outline() {
  const workflow = useEditor((state) => state.workflow);
  const catalogue = useEditor((state) => state.catalogue);
  const selection = useEditor((state) => state.selection);
  const issues = useEditor((state) => state.issues);
  const select = useEditor((state) => state.select);
  const tree = useRef<HTMLDivElement>(null);
  const rows = useMemo(() => outlineOf(workflow, catalogue), [workflow, catalogue]);
  const current = Math.max(0, rows.findIndex((row) => row.path === selection.at(-1)));
  const go = (index: number): void => {
    const row = rows[Math.max(0, Math.min(rows.length - 1, index))];
    if (row === undefined) return;
    select([row.path]);
    reveal(row.path);
    tree.current?.querySelectorAll<HTMLElement>("[role='treeitem']")[rows.indexOf(row)]?.focus();
  };
  if (rows.length === 0) return <p className={classes.none}>There are no nodes yet. N adds one.</p>;
  return (
    <>
      <ConnectTo />
      <div
        ref={tree}
        className={classes.list}
        role="tree"
        aria-label="Nodes"
        tabIndex={-1}
        onKeyDown={(event) => {
          const to = { ArrowDown: current + 1, ArrowUp: current - 1, Home: 0, End: rows.length - 1 }[event.key];
          if (to === undefined) return;
          event.preventDefault();
          go(to);
        }}
      >
        {rows.map(({ path, node, level }, index) => {
          const title = catalogue.find(node.type)?.title ?? node.type;
          return (
            <div
              key={path}
              className={classes.row}
              role="treeitem"
              aria-level={level}
              aria-selected={selection.includes(path)}
              tabIndex={index === current ? 0 : -1}
              data-bad={issues.byNode.has(path) || undefined}
              style={{ paddingInlineStart: `${level * 14 - 6}px` }}
              onClick={() => go(index)}
              onFocus={() => selection.at(-1) !== path && select([path])}
              onKeyDown={undefined}
            >
              {issues.byNode.has(path) ? <CircleAlert size={15} aria-hidden="true" /> : <NodeIcon type={node.type} size={15} />}
              <span>{nodeTitle(node)}</span>
              <small>{node.disabled ? "off" : title}</small>
            </div>
          );
        })}
      </div>
    </>
  );
}

/** From the selected node to any that takes what it gives. */
function ConnectTo() {
  const workflow = useEditor((state) => state.workflow);
  const catalogue = useEditor((state) => state.catalogue);
  const path = useEditor((state) => state.selection[0]);
  const isEditing = useEditor((state) => state.mode === "edit");
  const graph = path === undefined ? undefined : graphAt(workflow, graphOf(path));
  const node = graph && findNode(graph, idOf(path ?? ""));
  const options = useMemo(() => {
    if (graph === undefined || node === undefined || path === undefined) return [];
    return dataOutputs(portsOf(node, catalogue)).flatMap((output) =>
      graph.nodes.flatMap((other) => {
        if (other.id === node.id) return [];
        return [...portsOf(other, catalogue).inputs.keys()].flatMap((input) => {
          const [from, to] = [{ node: node.id, port: output.name }, { node: other.id, port: input }];
          return mayConnect(workflow, catalogue, graphOf(path), from, to).ok ? [{ from, to }] : [];
        });
      }),
    );
  }, [workflow, catalogue, graph, node, path]);
  if (!isEditing || path === undefined || node === undefined || options.length === 0) return null;
  return (
    <div className={classes.connect}>
      <label>
        Connect {nodeTitle(node)} to
        <select
          value=""
          onChange={(event) => {
            const chosen = options[Number(event.currentTarget.value)];
            if (chosen !== undefined) attempt((now, types) => connect(now, types, graphOf(path), chosen.from, chosen.to));
          }}
        >
          <option value="" disabled>
            Choose…
          </option>
          {options.map(({ from, to }, index) => (
            <option key={`${from.port} ${to.node} ${to.port}`} value={index}>
              {from.port} → {to.node}.{to.port}
            </option>
          ))}
        </select>
      </label>
    </div>
  );
}
