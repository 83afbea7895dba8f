import { TextInput } from "@mantine/core";
import { inputProps, useForm, type WidgetProps } from "@/form/widget";
import classes from "@/form/widgets/ExpressionWidget.module.css";

const DECIMAL = /^-?\d+(\.\d+)?$/;

/** A number to the last digit, such as money: kept as it is written, never rounded. */
export function DecimalWidget(props: WidgetProps) {
  const { isReadOnly } = useForm();
  const { value, onChange, isRequired, isNullable, error } = props;
  const text = typeof value === "string" || typeof value === "number" ? String(value) : "";
  return (
    <TextInput
      {...inputProps(props, isReadOnly)}
      classNames={{ input: classes.input ?? "" }}
      inputMode="decimal"
      value={text}
      onChange={(event) => {
        const typed = event.currentTarget.value.trim().replace(",", ".");
        onChange(typed === "" && !isRequired ? (isNullable ? null : undefined) : typed);
      }}
      error={error ?? (text !== "" && !DECIMAL.test(text) ? "Write digits and a point, as in 1250.50." : null)}
    />
  );
}
