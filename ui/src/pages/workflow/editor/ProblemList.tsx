// Everything that is wrong, with what to do; a click goes to the node.
import { CircleAlert, TriangleAlert } from "lucide-react";
import { plain } from "@/pages/workflow/canvas/attempt";
import { reveal } from "@/pages/workflow/canvas/viewport";
import classes from "@/pages/workflow/editor/SideList.module.css";
import { useEditor } from "@/pages/workflow/store/editorStore";
import type { NodeIssue } from "@/pages/workflow/store/issues";

export function ProblemList() {
  const { byNode, others } = useEditor((state) => state.issues);
  const select = useEditor((state) => state.select);
  if (byNode.size === 0 && others.length === 0) {
    return <p className={classes.none}>The server's check finds nothing wrong: it can be published and run.</p>;
  }
  return (
    <ul className={classes.list}>
      {[...byNode].flatMap(([path, issues]) =>
        issues.map((issue) => (
          <Problem
            key={`${path} ${issue.path} ${issue.code} ${issue.message}`}
            place={path}
            issue={issue}
            onGo={() => {
              select([path]);
              reveal(path);
            }}
          />
        )),
      )}
      {others.map((issue) => (
        <Problem key={`${issue.path} ${issue.message}`} place={issue.path || "The workflow"} issue={issue} onGo={() => select([])} />
      ))}
    </ul>
  );
}

function Problem({ place, issue, onGo }: { place: string; issue: NodeIssue; onGo: () => void }) {
  return (
    <li>
      <button type="button" className={classes.problem} data-tone={issue.severity} onClick={onGo}>
        {issue.severity === "error" ? <CircleAlert size={15} aria-hidden="true" /> : <TriangleAlert size={15} aria-hidden="true" />}
        <span>
          <b>
            {place}
            {issue.field && ` · ${issue.field}`}
          </b>
          {plain(issue.message)}
          {issue.remedy && <small>{plain(issue.remedy)}</small>}
        </span>
      </button>
    </li>
  );
}
