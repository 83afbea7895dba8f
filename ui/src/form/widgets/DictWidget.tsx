import { ActionIcon, Button, TextInput } from "@mantine/core";
import { Plus, X } from "lucide-react";
import { Field } from "@/form/Field";
import { Group } from "@/form/Group";
import { initial, isObject, type Schema } from "@/form/schema";
import { useForm, type WidgetProps } from "@/form/widget";
import classes from "@/form/widgets/DictWidget.module.css";

/** An object whose names one chooses: headers, fields, variables. */
export function DictWidget({ schema, value, onChange, path, label, error }: WidgetProps) {
  const { root, isReadOnly } = useForm();
  const entries = isObject(value) ? Object.entries(value) : [];
  const part: Schema = typeof schema.additionalProperties === "object" ? schema.additionalProperties : {};
  const free = (name: string): string => (entries.some(([taken]) => taken === name) ? free(`${name}_2`) : name);
  const tell = (changed: typeof entries) => onChange(Object.fromEntries(changed));
  return (
    <Group label={label} description={schema.description} error={error}>
      {entries.length > 0 && (
        <ul className={classes.entries}>
          {entries.map(([name, item], at) => (
            // While its name is written it stays the same entry.
            // oxlint-disable-next-line react/no-array-index-key
            <li key={at}>
              <TextInput
                className={classes.name ?? ""}
                aria-label={`Name ${at + 1} of ${label}`}
                value={name}
                readOnly={isReadOnly}
                onChange={(event) => {
                  const renamed = event.currentTarget.value;
                  if (!entries.some(([taken]) => taken === renamed)) tell(entries.with(at, [renamed, item]));
                }}
              />
              <div className={classes.value}>
                <Field
                  schema={part}
                  value={item}
                  onChange={(changed) => tell(entries.with(at, [name, changed ?? null]))}
                  path={`${path}.${name}`}
                  label={`Value of ${name}`}
                  isRequired
                  isLabelHidden
                />
              </div>
              {!isReadOnly && (
                <ActionIcon aria-label={`Remove ${name}`} onClick={() => tell(entries.toSpliced(at, 1))}>
                  <X size={14} />
                </ActionIcon>
              )}
            </li>
          ))}
        </ul>
      )}
      {!isReadOnly && (
        <Button
          variant="default"
          size="xs"
          leftSection={<Plus size={14} />}
          onClick={() => tell([...entries, [free("name"), initial(part, root) ?? ""]])}
        >
          Add
        </Button>
      )}
    </Group>
  );
}
