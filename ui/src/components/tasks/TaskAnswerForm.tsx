// Approve or reject, with what the form asks for and a note.
import { Button, Textarea } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Check, X } from "lucide-react";
import { useState } from "react";
import { keys } from "@/api/keys";
import { toProblem } from "@/api/problem";
import { answerTask, type TaskDetail } from "@/api/tasks";
import { tell } from "@/components/notices";
import { ProblemNotice } from "@/components/ProblemNotice";
import type { JsonObject, Schema } from "@/form/schema";
import { SchemaForm } from "@/form/SchemaForm";
import { beginning } from "@/components/tasks/answering";
import classes from "@/components/tasks/TaskAnswerForm.module.css";

interface Props {
  task: TaskDetail;
  onAnswered?: () => void;
}

export function TaskAnswerForm({ task, onAnswered }: Props) {
  const client = useQueryClient();
  const form = task.form === null || task.form === undefined ? null : (task.form as Schema);
  const [values, setValues] = useState<JsonObject>(() => (form === null ? {} : beginning(form)));
  const [note, setNote] = useState("");
  const answer = useMutation({
    mutationFn: (approve: boolean) =>
      answerTask(task.id, {
        approve,
        // Who rejects need not fill in what only a yes needs.
        ...(form !== null && approve ? { values } : {}),
        ...(note.trim() === "" ? {} : { note: note.trim() }),
      }),
    onSuccess: (answered) => {
      tell(`${answered.answer?.outcome === "rejected" ? "Rejected" : "Approved"}: ${task.title}`);
      onAnswered?.();
      void client.invalidateQueries({ queryKey: keys.tasks.all });
      void client.invalidateQueries({ queryKey: keys.runs.all });
    },
  });
  const issues = answer.error === null ? [] : toProblem(answer.error).issues;
  return (
    <form
      className={classes.answer}
      aria-label={`Answer ${task.title}`}
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        answer.mutate(true);
      }}
    >
      {form !== null && <SchemaForm schema={form} value={values} onChange={setValues} issues={issues} />}
      <Textarea
        label="Note"
        description="Kept with the answer, for whoever reads the run."
        autosize
        minRows={1}
        maxRows={6}
        maxLength={10_000}
        value={note}
        onChange={(event) => setNote(event.currentTarget.value)}
      />
      {answer.error !== null && <ProblemNotice error={answer.error} />}
      <div className={classes.buttons}>
        <Button
          variant="default"
          leftSection={<X size={15} />}
          disabled={answer.isPending}
          onClick={() => answer.mutate(false)}
        >
          Reject
        </Button>
        <Button type="submit" leftSection={<Check size={15} />} loading={answer.isPending}>
          Approve
        </Button>
      </div>
    </form>
  );
}
