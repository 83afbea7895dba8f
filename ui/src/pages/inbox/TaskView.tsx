// One task: what it is about, until when, who may answer it, and the answer.
import { useQuery } from "@tanstack/react-query";
import { Clock, TriangleAlert, Users } from "lucide-react";
import type { ReactNode } from "react";
import { Link } from "react-router";
import { runDetail } from "@/api/runs";
import { type TaskDetail, taskOne } from "@/api/tasks";
import { Loaded } from "@/components/Loaded";
import { StatusBadge } from "@/components/StatusBadge";
import { refusalOf } from "@/components/tasks/answering";
import { TaskAnswerForm } from "@/components/tasks/TaskAnswerForm";
import { ValueView } from "@/components/values/ValueView";
import { When } from "@/components/When";
import { isObject, type Json } from "@/form/schema";
import classes from "@/pages/inbox/TaskView.module.css";

interface Props {
  id: string;
  onAnswered: () => void;
}

export function TaskView({ id, onAnswered }: Props) {
  const query = useQuery(taskOne(id));
  return (
    <Loaded query={query}>
      {(task) => (
        <article className={classes.task} aria-label={task.title}>
          <header className={classes.head}>
            <h2>{task.title}</h2>
            {task.status !== "open" && <TaskOutcome task={task} />}
          </header>
          {task.message && <p className={classes.message}>{task.message}</p>}
          <Facts task={task} />
          {task.value !== undefined && task.value !== null && <ValueView label="What it is about" value={task.value} isNameHidden />}
          {task.status === "open" ? <Open task={task} onAnswered={onAnswered} /> : <Answered task={task} />}
        </article>
      )}
    </Loaded>
  );
}

function Open({ task, onAnswered }: { task: TaskDetail; onAnswered: () => void }) {
  const refusal = refusalOf(task);
  if (refusal !== null) return <p className={classes.refusal}>{refusal}</p>;
  return <TaskAnswerForm key={task.id} task={task} onAnswered={onAnswered} />;
}

export function TaskOutcome({ task }: { task: Pick<TaskDetail, "status" | "answer"> }) {
  const outcome = task.answer?.outcome;
  if (task.status !== "done") return <StatusBadge status={task.status} />;
  return outcome === "rejected" ? (
    <StatusBadge status="cancelled" label="Rejected" />
  ) : (
    <StatusBadge status="done" label="Approved" />
  );
}

function Facts({ task }: { task: TaskDetail }) {
  const run = useQuery(runDetail(task.run_id));
  const workflow = run.data?.workflow;
  return (
    <ul className={classes.facts} aria-label="About this task">
      <Fact>
        asked{" "}
        {task.created_at && <When at={task.created_at} />} by{" "}
        {workflow === undefined ? (
          <span>node {task.node}</span>
        ) : (
          <Link to={`/w/${encodeURIComponent(workflow)}/runs/${encodeURIComponent(task.run_id)}`}>
            a run of {workflow}
          </Link>
        )}
      </Fact>
      {task.people.length > 0 && <Fact icon={<Users size={14} aria-hidden="true" />}>for {task.people.join(", ")}</Fact>}
      {task.status === "open" && task.escalate_at && (
        <Fact icon={<TriangleAlert size={14} aria-hidden="true" />}>
          goes to others as well <When at={task.escalate_at} />
        </Fact>
      )}
      {task.status === "open" && task.deadline_at && (
        <Fact icon={<Clock size={14} aria-hidden="true" />}>
          answer by <When at={task.deadline_at} exact />
        </Fact>
      )}
    </ul>
  );
}

function Fact({ icon, children }: { icon?: ReactNode; children: ReactNode }) {
  return (
    <li>
      {icon}
      <span>{children}</span>
    </li>
  );
}

function Answered({ task }: { task: TaskDetail }) {
  const { answer } = task;
  if (!answer) {
    return (
      <p className={classes.refusal}>
        {task.status === "expired" ? "Nobody answered in time." : "Its run ended before anybody answered."}
      </p>
    );
  }
  return (
    <div className={classes.answered}>
      <p>
        {answer.outcome === "rejected" ? "Rejected" : "Approved"} by <strong>{answer.by ?? "somebody with its link"}</strong>
        {answer.at && (
          <>
            {" "}
            <When at={answer.at} />
          </>
        )}
      </p>
      {answer.note && <blockquote>{answer.note}</blockquote>}
      {isObject(answer.values as Json) && Object.keys(answer.values ?? {}).length > 0 && (
        <ValueView label="What was answered" value={answer.values} isNameHidden />
      )}
    </div>
  );
}
