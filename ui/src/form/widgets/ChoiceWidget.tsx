import { Select } from "@mantine/core";
import type { Json } from "@/form/schema";
import { inputProps, useForm, type WidgetProps } from "@/form/widget";

/** One of several values. They need not be texts: each is known by its JSON. */
export function ChoiceWidget(props: WidgetProps) {
  const { isReadOnly } = useForm();
  const { schema, value, onChange, isNullable, isRequired } = props;
  const choices = (schema.enum ?? []).filter((choice) => choice !== null);
  const shown = value ?? schema.default;
  return (
    <Select
      {...inputProps(props, isReadOnly)}
      data={choices.map((choice) => ({ value: JSON.stringify(choice), label: nameOf(choice) }))}
      value={shown === undefined || shown === null ? null : JSON.stringify(shown)}
      onChange={(text) => onChange(text === null ? (isNullable ? null : undefined) : (JSON.parse(text) as Json))}
      clearable={!isRequired && value !== undefined && value !== null}
      allowDeselect={false}
      searchable={choices.length > 8}
    />
  );
}

function nameOf(choice: Json): string {
  return typeof choice === "string" ? choice.replaceAll("_", " ") : JSON.stringify(choice);
}
