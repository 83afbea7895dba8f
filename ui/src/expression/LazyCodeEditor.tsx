// The code editor, loaded when it is first needed. Until then the text can be read and written all the same.
import { Textarea } from "@mantine/core";
import { type ComponentType, useEffect, useState } from "react";
import type { CodeEditorProps } from "@/expression/CodeEditor";
import classes from "@/expression/CodeEditor.module.css";

type Editor = ComponentType<CodeEditorProps>;
/** Once it is there it is there at once, wherever it is wanted. */
let loaded: Editor | null = null;

async function load(): Promise<Editor> {
  const { default: editor } = await import("@/expression/CodeEditor");
  loaded = editor;
  return editor;
}

/** Fetch it before it is needed. Where it cannot be fetched, the plain text field stays. */
export function prepareCodeEditor(): void {
  load().catch(() => undefined);
}

export function LazyCodeEditor(props: CodeEditorProps) {
  const [Editor, setEditor] = useState<Editor | null>(() => loaded);
  const [hasFocus, setHasFocus] = useState(false);
  useEffect(() => {
    let isGone = false;
    if (Editor === null) {
      load()
        .then((editor) => isGone || setEditor(() => editor))
        .catch(() => undefined);
    }
    return () => {
      isGone = true;
    };
  }, [Editor]);
  if (Editor !== null) return <Editor {...props} takesFocus={hasFocus} />;
  return (
    <Textarea
      className={classes.plain ?? ""}
      aria-labelledby={props.labelledBy}
      rows={Math.min(12, props.value.split("\n").length)}
      readOnly={props.isReadOnly ?? false}
      value={props.value}
      onFocus={() => setHasFocus(true)}
      onBlur={() => setHasFocus(false)}
      onChange={(event) => props.onChange(event.currentTarget.value)}
    />
  );
}
