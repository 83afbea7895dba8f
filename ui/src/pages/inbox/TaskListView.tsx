// The tasks as a list to walk through; on a phone the chosen one opens in its place.
import type { ReactNode } from "react";
import type { Task } from "@/api/tasks";
import { When } from "@/components/When";
import { oneLine } from "@/format/text";
import classes from "@/pages/inbox/TaskListView.module.css";
import { TaskOutcome } from "@/pages/inbox/TaskView";

interface Props {
  tasks: readonly Task[];
  chosen: string | null;
  onChoose: (id: string | null) => void;
  /** The chosen one, where it belongs into the list. */
  inPlace: ReactNode;
}

export function TaskListView({ tasks, chosen, onChoose, inPlace }: Props) {
  return (
    <ul className={classes.list} aria-label="Tasks">
      {tasks.map((task) => {
        const isChosen = task.id === chosen;
        return (
          <li key={task.id} data-chosen={isChosen || undefined}>
            <button
              type="button"
              className={classes.line}
              aria-expanded={inPlace === null ? undefined : isChosen}
              aria-current={isChosen || undefined}
              data-task={task.id}
              onClick={() => onChoose(isChosen && inPlace !== null ? null : task.id)}
            >
              <span className={classes.title}>{task.title}</span>
              {task.message && <span className={classes.message}>{oneLine(task.message)}</span>}
              <span className={classes.under}>
                <Standing task={task} />
              </span>
            </button>
            {isChosen && inPlace}
          </li>
        );
      })}
    </ul>
  );
}

function Standing({ task }: { task: Task }) {
  if (task.status !== "open") {
    return (
      <>
        <TaskOutcome task={task} />
        {task.answer?.by && <span>by {task.answer.by}</span>}
        {task.answer?.at && <When at={task.answer.at} />}
      </>
    );
  }
  return (
    <>
      {task.created_at && (
        <span>
          asked <When at={task.created_at} />
        </span>
      )}
      {task.deadline_at && (
        <span>
          due <When at={task.deadline_at} />
        </span>
      )}
      {task.people.length > 0 && <span>for {task.people.join(", ")}</span>}
    </>
  );
}
