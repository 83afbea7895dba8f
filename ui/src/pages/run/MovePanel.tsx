// Over to another version: first what that means for each node, then the move itself.
import { Button, CloseButton, Select } from "@mantine/core";
import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { keys } from "@/api/keys";
import { allItems } from "@/api/paging";
import { moveRun, planMove, type MovePlan } from "@/api/run";
import { versionList } from "@/api/versions";
import { Lines } from "@/components/Loaded";
import { tell } from "@/components/notices";
import { ProblemNotice } from "@/components/ProblemNotice";
import classes from "@/pages/run/Panel.module.css";

interface Props {
  runId: string;
  workflow: string;
  version: string;
  onClose: () => void;
}

export function MovePanel({ runId, workflow, version, onClose }: Props) {
  const client = useQueryClient();
  const versions = useInfiniteQuery(versionList(workflow));
  const others = allItems(versions.data?.pages).filter((one) => one.digest !== version);
  const [chosen, setChosen] = useState<string | null>(null);
  const target = chosen ?? others[0]?.digest ?? null;
  const planned = useQuery({
    queryKey: [...keys.runs.one(runId), "move", target],
    queryFn: ({ signal }) => planMove(runId, target ?? "", signal),
    enabled: target !== null,
    staleTime: 0,
  });
  const move = useMutation({
    mutationFn: () => moveRun(runId, target ?? "", planned.data?.etag ?? null),
    onSuccess: async () => {
      tell("The run was moved.");
      await client.invalidateQueries({ queryKey: keys.runs.one(runId) });
      onClose();
    },
  });
  return (
    <div className={classes.panel}>
      <header className={classes.head}>
        <div>
          <h2>Move to another version</h2>
          <p className={classes.quiet}>What this run has done is kept where it is the same there.</p>
        </div>
        <CloseButton aria-label="Close" onClick={onClose} />
      </header>
      {versions.data !== undefined && others.length === 0 ? (
        <p className={classes.quiet}>There is no other published version.</p>
      ) : (
        <Select
          label="Version"
          data={others.map((one) => ({
            value: one.digest,
            label: `${one.version}${one.is_latest ? " (latest)" : ""}${one.note ? `: ${one.note}` : ""}`,
          }))}
          value={target}
          onChange={setChosen}
          allowDeselect={false}
        />
      )}
      {planned.isFetching && planned.data === undefined && <Lines count={3} />}
      {planned.error !== null && <ProblemNotice error={planned.error} />}
      {planned.data && <Plan plan={planned.data.plan} />}
      {move.error !== null && <ProblemNotice error={move.error} />}
      {target !== null && (
        <div className={classes.buttons}>
          <Button
            onClick={() => move.mutate()}
            loading={move.isPending}
            disabled={planned.data === undefined || planned.data.plan.problems.length > 0}
          >
            Move
          </Button>
        </div>
      )}
    </div>
  );
}

const PARTS = [
  ["again", "Starts over"],
  ["new", "New"],
  ["removed", "Gone"],
  ["kept", "Kept"],
  ["later", "Still to come"],
] as const;

function Plan({ plan }: { plan: MovePlan }) {
  return (
    <>
      {plan.problems.map((problem) => (
        <p key={problem.code + problem.message} className={classes.refused}>
          {problem.message} {problem.remedy}
        </p>
      ))}
      {plan.warnings.map((warning) => (
        <p key={warning} className={classes.warn}>
          {warning}
        </p>
      ))}
      <dl className={classes.plan}>
        {PARTS.filter(([part]) => plan[part].length > 0).map(([part, title]) => (
          <div key={part}>
            <dt>{title}</dt>
            <dd>
              {plan[part].map(({ path, reasons = [] }) => (
                <span key={path}>
                  <code>{path}</code>
                  {reasons.length > 0 && <small> {reasons.join(", ")}</small>}
                </span>
              ))}
            </dd>
          </div>
        ))}
      </dl>
    </>
  );
}
