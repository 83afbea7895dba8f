import { Switch } from "@mantine/core";
import { useForm, type WidgetProps } from "@/form/widget";

export function BooleanWidget({ schema, value, onChange, label, error }: WidgetProps) {
  const { isReadOnly } = useForm();
  const shown = value ?? schema.default;
  return (
    <Switch
      label={label}
      description={schema.description}
      error={error}
      disabled={isReadOnly}
      checked={shown === true}
      onChange={(event) => onChange(event.currentTarget.checked)}
    />
  );
}
