// A field that is an expression: written with completion, marked where it is wrong, its value shown under it.
import { Input } from "@mantine/core";
import { useCallback, useId, useMemo } from "react";
import { Line } from "@/components/Prose";
import { LazyCodeEditor } from "@/expression/LazyCodeEditor";
import { usePlace } from "@/expression/place";
import { PreviewLine } from "@/expression/PreviewLine";
import { usePreview } from "@/expression/usePreview";
import { wordAt } from "@/expression/writing";
import { complete as completeIn } from "@/model/completion";
import type { Mode } from "@/model/expression/scan";

interface Props {
  label: string;
  description?: string | undefined;
  error: string | null;
  isRequired?: boolean;
  isReadOnly?: boolean;
  placeholder?: string | undefined;
  /** Where it stands in the form: `config.url`. */
  path: string;
  /** As the field takes it, where that is not what its place says. */
  mode?: Mode | undefined;
  value: string;
  onChange: (text: string) => void;
}

export function ExpressionEditor(props: Props) {
  const { label, description, error, isRequired = false, isReadOnly = false, placeholder, path, value, onChange } = props;
  const id = useId();
  const place = usePlace();
  const given = useMemo(() => place?.contextAt(path), [place, path]);
  const mode = props.mode ?? given?.mode ?? "template";
  const context = useMemo(() => (given === undefined ? undefined : { ...given, mode }), [given, mode]);
  const preview = usePreview(value, context, place);
  const position = preview.is === "wrong" ? preview.position : null;
  const message = preview.is === "wrong" ? preview.message : "";
  const marks = useMemo(
    () => (position === null ? [] : [{ ...wordAt(value, position), message }]),
    [position, message, value],
  );
  const complete = useCallback(
    (text: string, cursor: number) => context && completeIn(context, text, cursor, place?.samples),
    [context, place],
  );
  return (
    <Input.Wrapper
      label={label}
      labelElement="label"
      labelProps={{ id: `${id}-label` }}
      description={description && <Line>{description}</Line>}
      descriptionProps={{ id: `${id}-description` }}
      error={error}
      withAsterisk={isRequired}
      size="sm"
      inputWrapperOrder={["label", "description", "input", "error"]}
    >
      <LazyCodeEditor
        value={value}
        onChange={onChange}
        mode={mode}
        labelledBy={`${id}-label`}
        describedBy={description === undefined ? undefined : `${id}-description`}
        complete={complete}
        marks={marks}
        placeholder={placeholder ?? (mode === "expression" ? "input.value.price > 10" : "Text, or {{ an expression }}")}
        isReadOnly={isReadOnly}
        isWrong={error !== null || preview.is === "wrong"}
        onFocus={place?.focus}
      />
      {!(error !== null && preview.is === "wrong") && (
        <PreviewLine preview={preview} items={given?.names.some(({ name }) => name === "item") ? place?.items : undefined} />
      )}
    </Input.Wrapper>
  );
}
