import { Select } from "@mantine/core";
import { Field } from "@/form/Field";
import { Group } from "@/form/Group";
import { initial, labelOf, optionOf, resolve, type Schema } from "@/form/schema";
import { useForm, type WidgetProps } from "@/form/widget";
import classes from "@/form/widgets/UnionWidget.module.css";

const WORDS: Record<string, string> = {
  text: "Text",
  secret: "Secret",
  expression: "Expression",
  number: "Number",
  boolean: "Yes or no",
  choice: "Choice",
  object: "Fields",
  dict: "Fields",
  array: "List",
  any: "JSON",
};

/** One of several kinds of value: which, and then that. */
export function UnionWidget({ schema, value, onChange, path, label, error, isRequired, isNullable }: WidgetProps) {
  const { root, isReadOnly } = useForm();
  const options = schema.anyOf ?? [];
  const isSet = value !== undefined && value !== null;
  const chosen = isSet ? optionOf(value, options, root) : isRequired ? firstWritten(options, root) : null;
  const option = chosen === null ? undefined : options[chosen];
  return (
    <Group label={label} description={schema.description} error={option === undefined ? error : null} isRequired={isRequired}>
      <Select
        aria-label={`Kind of ${label}`}
        placeholder="Not set"
        data={options.map((one, at) => ({ value: String(at), label: nameOf(one, root) }))}
        value={chosen === null ? null : String(chosen)}
        onChange={(text) => {
          const next = text === null ? undefined : options[Number(text)];
          onChange(next === undefined ? (isNullable ? null : undefined) : initial(next, root));
        }}
        readOnly={isReadOnly}
        clearable={!isRequired}
        allowDeselect={false}
      />
      {option !== undefined && (
        <div className={classes.chosen}>
          <Field schema={option} value={value} onChange={onChange} path={path} label={label} isRequired isLabelHidden />
        </div>
      )}
    </Group>
  );
}

/** What has to be set and is mostly written: its field is there at once, without a choice before. */
function firstWritten(options: readonly Schema[], root: Schema): number | null {
  const [first] = options;
  return first !== undefined && ["text", "expression"].includes(resolve(first, root).kind) ? 0 : null;
}

function nameOf(option: Schema, root: Schema): string {
  const { schema, kind } = resolve(option, root);
  if (schema.title !== undefined) return labelOf(schema.title, {});
  if (kind === "constant") return String(schema.const);
  return WORDS[kind] ?? kind;
}
