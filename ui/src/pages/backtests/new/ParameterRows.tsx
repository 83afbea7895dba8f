// Settings of the workflow for this test: each with one value, or with several to try.
import { ActionIcon, Button, Select, TextInput } from "@mantine/core";
import { Plus, X } from "lucide-react";
import type { Issue } from "@/api/problem";
import { errorAt } from "@/form/widget";
import { counted } from "@/format/number";
import type { Row } from "@/pages/backtests/new/form";
import classes from "@/pages/backtests/new/New.module.css";
import { type Parameter, readValues } from "@/pages/backtests/new/parameters";

interface Props {
  parameters: readonly Parameter[];
  rows: readonly Row[];
  onChange: (rows: readonly Row[]) => void;
  issues: readonly Issue[];
}

export function ParameterRows({ parameters, rows, onChange, issues }: Props) {
  const set = (at: number, change: Partial<Row>) => onChange(rows.map((row, place) => (place === at ? { ...row, ...change } : row)));
  const options = [...groupsOf(parameters)];
  return (
    <div className={classes.rows}>
      {rows.map(({ name, text }, at) => {
        const parameter = parameters.find((one) => one.name === name);
        const read = parameter === undefined || text === "" ? null : readValues(text, parameter);
        const count = read?.ok === true ? read.values.length : 0;
        return (
          // A row is known by its place.
          // oxlint-disable-next-line react/no-array-index-key
          <div key={at} className={classes.row}>
            <Select
              aria-label={`Setting ${at + 1}`}
              placeholder="Which setting"
              data={options}
              value={name === "" ? null : name}
              onChange={(next) => {
                const value = parameters.find((one) => one.name === next)?.value;
                set(at, { name: next ?? "", ...(text === "" && value !== null && value !== undefined ? { text: String(value) } : {}) });
              }}
              searchable
              allowDeselect={false}
              nothingFoundMessage="It has no such setting"
              error={errorAt(issues, `rows[${at}].name`) ?? errorAt(issues, `set.${name}`)}
            />
            <TextInput
              aria-label={name === "" ? `Values ${at + 1}` : `Values of ${name}`}
              placeholder={parameter?.kind === "choice" ? parameter.choices.slice(0, 3).join(", ") : "14 · 7, 14, 21 · 5:30:5"}
              value={text}
              onChange={(event) => set(at, { text: event.currentTarget.value })}
              rightSectionWidth="fit-content"
              rightSectionPointerEvents="none"
              rightSection={count > 1 && <span className={classes.count}>{counted(count, "value")}</span>}
              error={errorAt(issues, `rows[${at}].values`) ?? (read?.ok === false ? read.reason : null)}
            />
            <ActionIcon aria-label={`Remove setting ${at + 1}`} onClick={() => onChange(rows.filter((_, place) => place !== at))}>
              <X size={15} />
            </ActionIcon>
          </div>
        );
      })}
      <div>
        <Button size="xs" variant="default" leftSection={<Plus size={14} />} disabled={parameters.length === 0} onClick={() => onChange([...rows, { name: "", text: "" }])}>
          {rows.length === 0 ? "Change a setting" : "Another setting"}
        </Button>
      </div>
    </div>
  );
}

/** By node. */
function groupsOf(parameters: readonly Parameter[]): { group: string; items: { value: string; label: string }[] }[] {
  const groups = new Map<string, { value: string; label: string }[]>();
  for (const { name, value } of parameters) {
    const [node = ""] = name.split(".");
    const label = value === null ? name : `${name} = ${String(value)}`;
    groups.set(node, [...(groups.get(node) ?? []), { value: name, label }]);
  }
  return [...groups].map(([group, items]) => ({ group, items }));
}
