import { NumberInput } from "@mantine/core";
import { inputProps, useForm, type WidgetProps } from "@/form/widget";

export function NumberWidget(props: WidgetProps) {
  const { isReadOnly } = useForm();
  const { schema, value, onChange, isNullable } = props;
  const least = schema.minimum ?? schema.exclusiveMinimum;
  const most = schema.maximum ?? schema.exclusiveMaximum;
  const isWhole = schema.type === "integer";
  return (
    <NumberInput
      {...inputProps(props, isReadOnly)}
      value={typeof value === "number" ? value : ""}
      onChange={(typed) => onChange(typeof typed === "number" ? typed : isNullable ? null : undefined)}
      allowDecimal={!isWhole}
      // Beyond the bounds is said, not corrected under one's hands.
      clampBehavior="none"
      {...(typeof schema.default === "number" ? { placeholder: String(schema.default) } : {})}
      {...(least === undefined ? {} : { min: least })}
      {...(most === undefined ? {} : { max: most })}
    />
  );
}
