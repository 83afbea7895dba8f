import { Textarea } from "@mantine/core";
import { useState } from "react";
import type { Json } from "@/form/schema";
import { inputProps, useForm, type WidgetProps } from "@/form/widget";
import classes from "@/form/widgets/ExpressionWidget.module.css";

/** Any value: JSON, or else text as it is. */
export function JsonWidget(props: WidgetProps) {
  const { isReadOnly } = useForm();
  const { value, onChange, isNullable } = props;
  const [typed, setTyped] = useState(() => write(value));
  const [told, setTold] = useState(value);
  if (value !== told) {
    setTold(value);
    setTyped(write(value));
  }
  const tell = (text: string) => {
    const next = text.trim() === "" ? (isNullable ? null : undefined) : read(text);
    setTyped(text);
    setTold(next);
    onChange(next);
  };
  return (
    <Textarea
      {...inputProps(props, isReadOnly)}
      classNames={{ input: classes.input ?? "" }}
      autosize
      minRows={1}
      maxRows={16}
      value={typed}
      spellCheck={false}
      onChange={(event) => tell(event.currentTarget.value)}
    />
  );
}

function write(value: Json | undefined): string {
  if (value === undefined || value === null) return "";
  return typeof value === "string" && read(value) === value ? value : JSON.stringify(value, null, 2);
}

function read(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return text;
  }
}
