// What narrows the list: statuses as switches, the rest as fields.
import { Button, Select } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { X } from "lucide-react";
import { deploymentList } from "@/api/deployments";
import { RUN_STATUSES, type RunFilter, type RunMode, type RunStatus } from "@/api/runs";
import { workflowList } from "@/api/workflows";
import { Pills } from "@/components/Pills";
import { SearchField } from "@/components/SearchField";
import { lookOf } from "@/components/status";
import { withField } from "@/pages/runs/filter";
import classes from "@/pages/runs/RunFilters.module.css";

interface Props {
  filter: RunFilter;
  onChange: (filter: RunFilter) => void;
  /** All are of one workflow: it is not asked for. */
  isOfOneWorkflow?: boolean;
}

const MODES = [
  { value: "live", label: "Live" },
  { value: "paper", label: "Paper" },
  { value: "test", label: "Test" },
];

export function RunFilters({ filter, onChange, isOfOneWorkflow = false }: Props) {
  const workflows = useQuery(workflowList({ limit: 200 }));
  const deployments = useQuery(deploymentList({ limit: 200 }));
  const set = <Name extends keyof RunFilter>(name: Name, value: RunFilter[Name] | null) =>
    onChange(withField(filter, name, value));
  const isNarrowed = Object.keys(filter).length > 0;
  return (
    <div className={classes.filters} role="search" aria-label="Filter runs">
      <StatusSwitches chosen={filter.status ?? []} onChange={(status) => set("status", status)} />
      <div className={classes.fields}>
        <SearchField label="Run id" placeholder="Run id begins with…" value={filter.id ?? ""} onChange={(id) => set("id", id)} />
        {!isOfOneWorkflow && (
          <Select
            aria-label="Workflow"
            placeholder="Any workflow"
            data={namesOf(workflows.data?.items, filter.workflow)}
            value={filter.workflow ?? null}
            onChange={(name) => set("workflow", name)}
            searchable
            clearable
          />
        )}
        <Select
          aria-label="Deployment"
          placeholder="Any deployment"
          data={namesOf(deployments.data?.items, filter.deployment)}
          value={filter.deployment ?? null}
          onChange={(name) => set("deployment", name)}
          searchable
          clearable
        />
        <Select
          aria-label="Mode"
          placeholder="Any mode"
          data={MODES}
          value={filter.mode ?? null}
          onChange={(mode) => set("mode", mode as RunMode | null)}
          clearable
        />
        {isNarrowed && (
          <Button variant="subtle" color="gray" leftSection={<X size={14} />} onClick={() => onChange({})}>
            Clear
          </Button>
        )}
      </div>
    </div>
  );
}

function StatusSwitches({ chosen, onChange }: { chosen: RunStatus[]; onChange: (chosen: RunStatus[]) => void }) {
  return (
    <Pills
      label="Status"
      pills={[
        { key: "all", title: "All", isPressed: chosen.length === 0, onPress: () => onChange([]) },
        ...RUN_STATUSES.map((status) => {
          const { icon: Icon, label } = lookOf(status);
          const isPressed = chosen.includes(status);
          return {
            key: status,
            title: label,
            icon: <Icon size={14} aria-hidden="true" />,
            isPressed,
            onPress: () => onChange(isPressed ? chosen.filter((one) => one !== status) : [...chosen, status]),
          };
        }),
      ]}
    />
  );
}

function namesOf(items: readonly { name: string }[] | undefined, chosen: string | undefined): string[] {
  const names = (items ?? []).map((item) => item.name);
  return chosen === undefined || names.includes(chosen) ? names : [chosen, ...names];
}
