// What a deployment remembers from run to run.
import { ActionIcon } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { X } from "lucide-react";
import { removeStateValue, stateOf } from "@/api/deployments";
import { keys } from "@/api/keys";
import { useLeave } from "@/api/levels";
import { Loaded } from "@/components/Loaded";
import { tell, tellProblem } from "@/components/notices";
import { Panel } from "@/components/Panel";
import page from "@/pages/deployments/DeploymentPage.module.css";
import classes from "@/pages/deployments/StatePanel.module.css";

export function StatePanel({ name, workflow }: { name: string; workflow: string }) {
  const state = useQuery(stateOf(name));
  const leave = useLeave(workflow, "operate");
  const client = useQueryClient();
  const remove = async (key: string) => {
    await removeStateValue(name, key);
    await client.invalidateQueries({ queryKey: keys.deployments.state(name) });
    tell(`${key} is forgotten.`);
  };
  return (
    <Panel title="What it remembers">
      <Loaded query={state} lines={2}>
        {({ values }) =>
          Object.keys(values).length === 0 ? (
            <p className={page.none}>Nothing yet.</p>
          ) : (
            <ul className={classes.values} aria-label="State">
              {Object.entries(values).map(([key, value]) => (
                <li key={key}>
                  <span>{key}</span>
                  <code>{JSON.stringify(value)}</code>
                  {leave.isOffered && leave.refusal === null && (
                    <ActionIcon aria-label={`Forget ${key}`} size={24} onClick={() => void remove(key).catch(tellProblem)}>
                      <X size={14} />
                    </ActionIcon>
                  )}
                </li>
              ))}
            </ul>
          )
        }
      </Loaded>
    </Panel>
  );
}
