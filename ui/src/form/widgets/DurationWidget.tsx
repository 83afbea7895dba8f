import { TextInput } from "@mantine/core";
import { durationInWords, parseDuration } from "@/form/duration";
import { inputProps, useForm, type WidgetProps } from "@/form/widget";
import classes from "@/form/widgets/ExpressionWidget.module.css";

/** How long: `90s`, `1h 30m`. A plain number is seconds. */
export function DurationWidget(props: WidgetProps) {
  const { isReadOnly } = useForm();
  const { schema, value, onChange, isRequired, isNullable, error } = props;
  const text = typeof value === "number" ? `${value}s` : typeof value === "string" ? value : "";
  const seconds = parseDuration(text);
  const usual = schema.default;
  const placeholder = typeof usual === "number" ? `${usual}s` : typeof usual === "string" ? usual : "30s, 5m, 48h";
  return (
    <TextInput
      {...inputProps(props, isReadOnly)}
      classNames={{ input: classes.input ?? "" }}
      placeholder={schema["ui:placeholder"] ?? placeholder}
      value={text}
      onChange={(event) => {
        const typed = event.currentTarget.value;
        onChange(typed === "" && !isRequired ? (isNullable ? null : undefined) : typed);
      }}
      error={error ?? (text !== "" && seconds === undefined ? "Write a number and a unit: 500ms, 10s, 5m, 48h or 7d." : null)}
      rightSectionWidth="fit-content"
      rightSection={seconds === undefined ? null : <span className={classes.words}>{durationInWords(seconds)}</span>}
      rightSectionPointerEvents="none"
    />
  );
}
