import { Switch } from "@mantine/core";
import { Line } from "@/components/Prose";
import { useForm, type WidgetProps } from "@/form/widget";

export function BooleanWidget({ schema, value, onChange, label, error }: WidgetProps) {
  const { isReadOnly } = useForm();
  const shown = value ?? schema.default;
  return (
    <Switch
      label={label}
      description={schema.description && <Line>{schema.description}</Line>}
      error={error}
      disabled={isReadOnly}
      checked={shown === true}
      onChange={(event) => onChange(event.currentTarget.checked)}
    />
  );
}
