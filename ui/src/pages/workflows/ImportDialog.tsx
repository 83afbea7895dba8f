// Workflow files taken in: dropped, chosen or pasted; what is wrong is shown with its line before anything is stored.
import { Button, FileButton, Modal, Select, Textarea } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { FileUp } from "lucide-react";
import { useState } from "react";
import { Link, useNavigate } from "react-router";
import { keys } from "@/api/keys";
import { type IfExists, importText, type ImportedWorkflow, validateText } from "@/api/library";
import { IssueList } from "@/components/IssueList";
import { ProblemNotice } from "@/components/ProblemNotice";
import { counted } from "@/format/number";
import classes from "@/pages/workflows/ImportDialog.module.css";

const CHOICES: readonly { value: IfExists; label: string }[] = [
  { value: "refuse", label: "Refuse the file" },
  { value: "draft", label: "Make it the draft of that workflow" },
  { value: "skip", label: "Leave out those that are there" },
];

export function ImportDialog({ given, onClose }: { given: string; onClose: () => void }) {
  const client = useQueryClient();
  const navigate = useNavigate();
  const [text, setText] = useState(given);
  const [ifExists, setIfExists] = useState<IfExists>("refuse");
  const [checked] = useDebouncedValue(text, 300);
  const check = useQuery({ ...validateText(checked), enabled: checked.trim() !== "" });
  const taking = useMutation({
    mutationFn: () => importText(text, ifExists),
    onSuccess: async ({ items }) => {
      await client.invalidateQueries({ queryKey: keys.workflows.all });
      const [only] = items;
      if (items.length === 1 && only !== undefined && only.outcome !== "skipped") {
        onClose();
        void navigate(`/w/${encodeURIComponent(only.name)}`);
      }
    },
  });
  const issues = check.data?.issues ?? [];
  const errors = issues.filter((issue) => issue.severity !== "warning").length;
  if (taking.data !== undefined) return <Taken items={taking.data.items} onClose={onClose} />;
  return (
    <Modal opened title="Import a workflow file" onClose={onClose} size="xl">
      <div className={classes.form}>
        <Textarea
          label="Workflow file"
          description="YAML or JSON. Paste it, drop a file on it, or choose one; several workflows at once are fine."
          data-autofocus
          spellCheck={false}
          classNames={{ input: classes.text ?? "" }}
          rows={13}
          value={text}
          onChange={(event) => {
            setText(event.currentTarget.value);
            taking.reset();
          }}
          onDrop={(event) => {
            const file = event.dataTransfer.files[0];
            if (file === undefined) return;
            event.preventDefault();
            event.stopPropagation();
            void file.text().then(setText);
          }}
        />
        {text.trim() !== "" && <IssueList issues={issues} isBusy={check.isFetching} names={check.data?.names ?? []} />}
        {check.error !== null && <ProblemNotice error={check.error} />}
        {taking.error !== null && <ProblemNotice error={taking.error} />}
        <div className={classes.buttons}>
          <FileButton accept=".yaml,.yml,.json" onChange={(file) => void file?.text().then(setText)}>
            {(button) => (
              <Button variant="default" leftSection={<FileUp size={15} />} {...button}>
                Choose a file…
              </Button>
            )}
          </FileButton>
          <Select
            aria-label="Where one is there already"
            className={classes.exists ?? ""}
            data={[...CHOICES]}
            value={ifExists}
            onChange={(value) => setIfExists(CHOICES.find((one) => one.value === value)?.value ?? "refuse")}
            allowDeselect={false}
          />
          <Button disabled={text.trim() === ""} loading={taking.isPending} onClick={() => taking.mutate()}>
            {errors === 0 ? "Import" : `Import as a draft with ${counted(errors, "problem")}`}
          </Button>
        </div>
      </div>
    </Modal>
  );
}

const OUTCOMES: Record<ImportedWorkflow["outcome"], string> = {
  created: "is new",
  drafted: "has a new draft",
  skipped: "was there, and is as it was",
};

function Taken({ items, onClose }: { items: readonly ImportedWorkflow[]; onClose: () => void }) {
  return (
    <Modal opened title="Imported" onClose={onClose}>
      <ul className={classes.taken}>
        {items.map(({ name, outcome, problems }) => (
          <li key={name}>
            <Link to={`/w/${encodeURIComponent(name)}`} onClick={onClose}>
              {name}
            </Link>{" "}
            {OUTCOMES[outcome]}
            {problems > 0 && `, with ${counted(problems, "problem")}`}
          </li>
        ))}
      </ul>
    </Modal>
  );
}
