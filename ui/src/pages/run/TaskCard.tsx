// A task of the run, answered where one sees it.
import { Button, Textarea } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { keys } from "@/api/keys";
import { useMay } from "@/api/me";
import { toProblem } from "@/api/problem";
import { runTasks } from "@/api/run";
import { answerTask, type Task } from "@/api/tasks";
import { ProblemNotice } from "@/components/ProblemNotice";
import { When } from "@/components/When";
import { initial, isObject, type JsonObject, type Schema } from "@/form/schema";
import { SchemaForm } from "@/form/SchemaForm";
import classes from "@/pages/run/Panel.module.css";
import { ValueView } from "@/pages/run/ValueView";

/** All tasks of a run that wait, or those of one of its nodes. */
export function TaskCards({ runId, node }: { runId: string; node?: string }) {
  const tasks = useQuery(runTasks(runId));
  const shown = (tasks.data?.items ?? []).filter((task) => node === undefined || task.node === node);
  return shown.map((task) => <TaskCard key={task.id} task={task} />);
}

function TaskCard({ task }: { task: Task }) {
  const client = useQueryClient();
  const mayAnswer = useMay("operator");
  const schema = (task.form ?? null) as Schema | null;
  const [values, setValues] = useState<JsonObject>(() => beginning(schema));
  const [note, setNote] = useState("");
  const answer = useMutation({
    mutationFn: (approve: boolean) =>
      answerTask(task.id, { approve, values: approve && schema ? values : null, note: note.trim() || null } as Parameters<typeof answerTask>[1]),
    onSuccess: () => client.invalidateQueries({ queryKey: keys.tasks.all }),
  });
  const problem = answer.error === null ? null : toProblem(answer.error);
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
      {task.value !== null && task.value !== undefined && <ValueView label="About" value={task.value} />}
      {mayAnswer ? (
        <>
          {schema && <SchemaForm schema={schema} value={values} onChange={setValues} issues={problem?.issues ?? []} />}
          <Textarea label="Note" autosize minRows={1} maxRows={4} value={note} onChange={(event) => setNote(event.currentTarget.value)} />
          {problem && <ProblemNotice error={problem} />}
          <div className={classes.buttons}>
            <Button onClick={() => answer.mutate(true)} loading={answer.isPending && answer.variables}>
              Approve
            </Button>
            <Button variant="default" onClick={() => answer.mutate(false)} loading={answer.isPending && !answer.variables}>
              Reject
            </Button>
          </div>
        </>
      ) : (
        <p className={classes.quiet}>Answering takes the role operator.</p>
      )}
    </section>
  );
}

function beginning(schema: Schema | null): JsonObject {
  if (schema === null) return {};
  const fields = Object.entries(schema.properties ?? {}).filter(([, part]) => part.default !== undefined);
  const required = initial({ ...schema, type: "object" }, schema);
  return { ...(isObject(required) ? required : {}), ...Object.fromEntries(fields.map(([name, part]) => [name, part.default ?? null])) };
}
