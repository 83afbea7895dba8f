// A task of the run, answered where one sees it.
import { useQuery } from "@tanstack/react-query";
import { runTasks } from "@/api/run";
import { type Task, taskOne } from "@/api/tasks";
import { Lines } from "@/components/Loaded";
import { ProblemNotice } from "@/components/ProblemNotice";
import { refusalOf } from "@/components/tasks/answering";
import { TaskAnswerForm } from "@/components/tasks/TaskAnswerForm";
import { ValueView } from "@/components/values/ValueView";
import { When } from "@/components/When";
import classes from "@/pages/run/Panel.module.css";

/** All tasks of a run that wait, or those of one of its nodes. */
export function TaskCards({ runId, node }: { runId: string; node?: string }) {
  const tasks = useQuery(runTasks(runId));
  const shown = (tasks.data?.items ?? []).filter((task) => node === undefined || task.node === node);
  return shown.map((task) => <TaskCard key={task.id} task={task} />);
}

function TaskCard({ task }: { task: Task }) {
  return (
    <section className={classes.task} aria-label={task.title}>
      <h2>{task.title}</h2>
      {task.message && <p>{task.message}</p>}
      <p className={classes.quiet}>
        {task.people.length > 0 ? `For ${task.people.join(", ")}` : "For anybody who may answer"}
        {task.deadline_at && (
          <>
            {" · until "}
            <When at={task.deadline_at} />
          </>
        )}
      </p>
      {task.value !== null && task.value !== undefined && <ValueView label="What it is about" value={task.value} isNameHidden />}
      <Answering id={task.id} />
    </section>
  );
}

function Answering({ id }: { id: string }) {
  const { data: task, error } = useQuery(taskOne(id));
  if (task === undefined) return error === null ? <Lines count={2} /> : <ProblemNotice error={error} />;
  const refusal = refusalOf(task);
  return refusal === null ? <TaskAnswerForm task={task} /> : <p className={classes.quiet}>{refusal}</p>;
}
