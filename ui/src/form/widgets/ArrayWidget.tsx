import { ActionIcon, Button } from "@mantine/core";
import { ArrowDown, ArrowUp, Plus, X } from "lucide-react";
import { Field } from "@/form/Field";
import { Group } from "@/form/Group";
import { initial, isPlain, type Json, resolve } from "@/form/schema";
import { useForm, type WidgetProps } from "@/form/widget";
import { ChoicesWidget } from "@/form/widgets/ChoicesWidget";
import classes from "@/form/widgets/ArrayWidget.module.css";

/** A list. Of a few known values it is a choice; of plain values a line each, told apart by where it stands. */
export function ArrayWidget(props: WidgetProps) {
  const { root, isReadOnly } = useForm();
  const { schema, value, onChange, path, label, error, isNullable, isRequired } = props;
  const part = schema.items ?? {};
  const { kind } = resolve(part, root);
  if (kind === "choice") return <ChoicesWidget {...props} />;
  const items = Array.isArray(value) ? value : [];
  const remove = (at: number) => {
    const left = items.toSpliced(at, 1);
    onChange(left.length === 0 && !isRequired ? (isNullable ? null : undefined) : left);
  };
  const swap = (at: number, other: number) => {
    const [one, two] = [items[at], items[other]];
    if (one === undefined || two === undefined) return;
    onChange(items.with(at, two).with(other, one));
  };
  return (
    <Group label={label} description={schema.description} error={error}>
      {items.length > 0 && (
        <ol className={classes.items}>
          {items.map((item, at) => (
            // An item has no name of its own: its place is what it is known by.
            // oxlint-disable-next-line react/no-array-index-key
            <li key={at}>
              <div className={classes.field}>
                <Field
                  schema={part}
                  value={item}
                  onChange={(changed: Json | undefined) => onChange(items.with(at, changed ?? null))}
                  path={`${path}[${at}]`}
                  label={`${label} ${at + 1}`}
                  isRequired
                  isLabelHidden={isPlain(kind)}
                />
              </div>
              {!isReadOnly && (
                <div className={classes.buttons}>
                  {items.length > 1 && (
                    <>
                      <ActionIcon size={28} aria-label={`Move ${at + 1} up`} disabled={at === 0} onClick={() => swap(at, at - 1)}>
                        <ArrowUp size={14} />
                      </ActionIcon>
                      <ActionIcon
                        size={28}
                        aria-label={`Move ${at + 1} down`}
                        disabled={at === items.length - 1}
                        onClick={() => swap(at, at + 1)}
                      >
                        <ArrowDown size={14} />
                      </ActionIcon>
                    </>
                  )}
                  <ActionIcon size={28} aria-label={`Remove ${at + 1}`} onClick={() => remove(at)}>
                    <X size={14} />
                  </ActionIcon>
                </div>
              )}
            </li>
          ))}
        </ol>
      )}
      {!isReadOnly && (
        <Button
          variant="default"
          size="xs"
          leftSection={<Plus size={14} />}
          onClick={() => onChange([...items, initial(part, root)])}
        >
          Add
        </Button>
      )}
    </Group>
  );
}
