// A field of a config as a value or as an expression: which it is can be switched, and what is dropped on it is written.
import { ActionIcon, Tooltip } from "@mantine/core";
import { Braces } from "lucide-react";
import { createContext, type DragEvent, useContext, useState } from "react";
import { ExpressionEditor } from "@/expression/ExpressionEditor";
import { REFERENCE, usePlace } from "@/expression/place";
import { asExpression, asValue, hasExpression } from "@/expression/writing";
import { useForm, type Widget, type WidgetProps } from "@/form/widget";
import classes from "@/form/widgets/Switchable.module.css";

/** The field around that has the switch already: a kind of value in a choice of kinds stands at the same path. */
const Around = createContext<string | null>(null);

/** `inner`, which can be switched to an expression wherever the field's type takes one. */
export function switchable(Inner: Widget): Widget {
  return function Switchable(props: WidgetProps) {
    const place = usePlace();
    const { isReadOnly } = useForm();
    const [isChosen, setChosen] = useState(false);
    const { path, value, onChange, isRequired, isNullable } = props;
    const kind = place?.kindAt(path);
    const around = useContext(Around);
    if (place === null || around === path || kind === undefined || kind === "literal" || kind === "secret") return <Inner {...props} />;
    const tell = (text: string) => onChange(text === "" && !isRequired ? (isNullable ? null : undefined) : text);
    if (kind === "expression" || kind === "template") {
      // Lists and objects of expressions have their own widget; the expressions are in it.
      if (value !== undefined && value !== null && typeof value !== "string") return <Inner {...props} />;
      if (isStructure(props)) return <Inner {...props} />;
      return <Expression {...props} mode={kind} onText={tell} isReadOnly={isReadOnly} />;
    }
    const isExpression = isChosen || hasExpression(value);
    const drop = (event: DragEvent) => {
      const reference = event.dataTransfer.getData(REFERENCE);
      if (reference === "" || isReadOnly || event.defaultPrevented) return;
      event.preventDefault();
      setChosen(true);
      onChange(typeof value === "string" && !isExpression ? `${value}{{ ${reference} }}` : `{{ ${reference} }}`);
    };
    const flip = () => {
      setChosen(!isExpression);
      if (isExpression) onChange(valueOf(props));
      else if (value !== undefined && value !== null) onChange(asExpression(value));
    };
    return (
      <div
        className={classes.field}
        data-switchable
        onDragOver={(event) => event.dataTransfer.types.includes(REFERENCE) && event.preventDefault()}
        onDrop={drop}
      >
        {isExpression ? <Expression {...props} mode="template" onText={tell} isReadOnly={isReadOnly} /> : (
          <Around value={path}>
            <Inner {...props} />
          </Around>
        )}
        {!isReadOnly && (
          <Tooltip label={isExpression ? "Give a value" : "Write an expression"}>
            <ActionIcon
              className={classes.flip ?? ""}
              size={24}
              aria-label={`${props.label} as an expression`}
              aria-pressed={isExpression}
              onClick={flip}
            >
              <Braces size={13} />
            </ActionIcon>
          </Tooltip>
        )}
      </div>
    );
  };
}

function isStructure({ schema }: WidgetProps): boolean {
  const { type, anyOf } = schema;
  // A choice between texts is a text.
  if (anyOf?.every((option) => option.type === "string" && option.enum === undefined)) return false;
  return type === "array" || type === "object" || type === "boolean" || type === "number" || type === "integer" || schema.enum !== undefined || anyOf !== undefined;
}

/** What remains of an expression as a value: text only where the field takes text. */
function valueOf({ schema, value, isNullable, isRequired }: WidgetProps) {
  const found = typeof value === "string" ? asValue(value) : undefined;
  const isText = schema.type === "string" || schema.type === undefined || schema.anyOf !== undefined;
  if (found === undefined || (typeof found === "string" && !isText)) return isNullable ? null : isRequired && isText ? "" : undefined;
  return found as NonNullable<WidgetProps["value"]>;
}

interface ExpressionProps extends WidgetProps {
  mode: "expression" | "template";
  onText: (text: string) => void;
  isReadOnly: boolean;
}

function Expression({ schema, label, error, isRequired, path, value, mode, onText, isReadOnly }: ExpressionProps) {
  return (
    <ExpressionEditor
      label={label}
      description={schema.description}
      error={error}
      isRequired={isRequired}
      isReadOnly={isReadOnly}
      placeholder={schema["ui:placeholder"]}
      path={path}
      mode={mode}
      value={typeof value === "string" ? value : ""}
      onChange={onText}
    />
  );
}
