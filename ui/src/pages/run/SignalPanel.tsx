// A signal for this run: what it waits for is proposed.
import { Autocomplete, Button, CloseButton, Textarea } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { type Run, signalRun } from "@/api/run";
import { tell } from "@/components/notices";
import { ProblemNotice } from "@/components/ProblemNotice";
import { parseJson } from "@/pages/run/json";
import classes from "@/pages/run/Panel.module.css";

export function SignalPanel({ run, onClose }: { run: Run; onClose: () => void }) {
  const names = [...new Set((run.waits ?? []).flatMap((wait) => wait.names ?? []))];
  const [name, setName] = useState(names[0] ?? "");
  const [payload, setPayload] = useState("");
  const parsed = parseJson(payload);
  const isWrong = payload.trim() !== "" && parsed.error !== null;
  const send = useMutation({
    mutationFn: () => signalRun(run.id, name.trim(), parsed.value ?? null),
    onSuccess: ({ woken }) => {
      tell(woken === null ? "Kept until a node waits for it." : "The run goes on.");
      onClose();
    },
  });
  return (
    <form
      className={classes.panel}
      aria-label="Send a signal"
      onSubmit={(event) => {
        event.preventDefault();
        if (!isWrong && name.trim() !== "") send.mutate();
      }}
    >
      <header className={classes.head}>
        <div>
          <h2>Send a signal</h2>
          <p className={classes.quiet}>{names.length > 0 ? `It waits for ${names.join(" or ")}.` : "It is kept until a node waits for it."}</p>
        </div>
        <CloseButton aria-label="Close" onClick={onClose} />
      </header>
      <Autocomplete label="Name" size="sm" required data={names} value={name} onChange={setName} />
      <Textarea
        label="What goes with it, as JSON"
        classNames={{ input: classes.json ?? "" }}
        autosize
        minRows={3}
        maxRows={14}
        value={payload}
        error={isWrong ? parsed.error : null}
        onChange={(event) => setPayload(event.currentTarget.value)}
      />
      {send.error !== null && <ProblemNotice error={send.error} />}
      <div className={classes.buttons}>
        <Button type="submit" loading={send.isPending} disabled={isWrong || name.trim() === ""}>
          Send
        </Button>
      </div>
    </form>
  );
}
