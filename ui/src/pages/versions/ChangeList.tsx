// Every change, by node and field.
import type { Difference, FieldChange, NodeChange } from "@/model/diff";
import type { Drawing } from "@/model/drawing";
import { isLooks } from "@/model/diff";
import { writeEnd } from "@/model/workflow";
import classes from "@/pages/versions/ChangeList.module.css";
import { SIGNS } from "@/pages/versions/DiffGraph";

interface Props {
  difference: Difference;
  drawing: Drawing;
  chosen: string | null;
  onChoose: (path: string | null) => void;
}

export function ChangeList({ difference, drawing, chosen, onChoose }: Props) {
  const { nodes, connections, fields } = difference;
  const titles = new Map(drawing.nodes.map((node) => [node.path, node.title]));
  return (
    <section className={classes.changes} aria-label="Changes">
      {fields.length > 0 && (
        <div className={classes.change}>
          <h2>The workflow itself</h2>
          <Fields fields={fields} />
        </div>
      )}
      {nodes.map((change) => (
        <div
          key={`${change.kind} ${change.path}`}
          className={classes.change}
          data-mark={change.kind}
          data-chosen={change.path === chosen || undefined}
        >
          <h2>
            <button
              type="button"
              aria-pressed={change.path === chosen}
              onClick={() => onChoose(change.path === chosen ? null : change.path)}
            >
              <span className={classes.sign} aria-hidden="true">
                {SIGNS[change.kind]}
              </span>
              {titles.get(change.path) ?? change.path}
              <span className={classes.kind}>{kindOf(change)}</span>
            </button>
          </h2>
          <code className={classes.type}>{change.type}</code>
          <Fields fields={change.fields} />
        </div>
      ))}
      {connections.length > 0 && (
        <div className={classes.change}>
          <h2>Connections</h2>
          <ul className={classes.fields}>
            {connections.map(({ kind, graph, connection: { source, output, target, input } }) => {
              const words = `${writeEnd(source, output)} → ${writeEnd(target, input)}`;
              return (
                <li key={`${kind} ${graph} ${words}`} data-mark={kind}>
                  <span className={classes.sign} aria-label={kind} role="img">
                    {SIGNS[kind]}
                  </span>
                  <code>{words}</code>
                </li>
              );
            })}
          </ul>
        </div>
      )}
    </section>
  );
}

function kindOf({ kind, before, fields }: NodeChange): string {
  if (kind === "renamed") return `renamed from ${before ?? ""}`;
  return kind === "changed" && fields.every(isLooks) ? "looks" : kind;
}

function Fields({ fields }: { fields: readonly FieldChange[] }) {
  if (fields.length === 0) return null;
  return (
    <dl className={classes.values}>
      {fields.map((change) => (
        <div key={change.field}>
          <dt>{change.field}</dt>
          {change.before !== undefined && (
            <dd data-mark="removed">
              <span className={classes.sign} aria-label="before" role="img">
                −
              </span>
              <code>{shown(change.before)}</code>
            </dd>
          )}
          {change.after !== undefined && (
            <dd data-mark="added">
              <span className={classes.sign} aria-label="after" role="img">
                +
              </span>
              <code>{shown(change.after)}</code>
            </dd>
          )}
        </div>
      ))}
    </dl>
  );
}

function shown(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value, null, 1);
}
