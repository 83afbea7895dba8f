// Under an expression: what it comes to, or why that cannot be said.
import { Line } from "@/components/Prose";
import { Stepper } from "@/components/Stepper";
import type { Items } from "@/expression/place";
import { listed } from "@/model/result";
import classes from "@/expression/PreviewLine.module.css";
import type { Preview } from "@/expression/usePreview";

const MOST = 240;

interface Props {
  preview: Preview;
  /** Of a field that is evaluated for each item: which of them this is of. */
  items?: Items | undefined;
}

export function PreviewLine({ preview, items }: Props) {
  if (items === undefined || items.count < 2 || preview.is === "nothing") return <Said preview={preview} />;
  return (
    <div className={classes.row}>
      <Said preview={preview} />
      <Stepper what="Item" {...items} />
    </div>
  );
}

function Said({ preview }: { preview: Preview }) {
  switch (preview.is) {
    case "nothing":
      return null;
    case "waiting":
      return <p className={classes.line}>Working it out…</p>;
    case "private":
      return <p className={classes.line}>Not tried: it reads what is never shown.</p>;
    case "missing":
      return (
        <p className={classes.line}>
          <span>
            <Line>{`No value yet of ${listed(preview.names, 3)}. Run the workflow, or pin an output.`}</Line>
          </span>
        </p>
      );
    case "wrong":
      return (
        <p className={classes.line} data-wrong>
          <span>
            <Line>{`${preview.message} ${preview.remedy ?? ""}`}</Line>
          </span>
        </p>
      );
    case "value":
      return (
        <p className={classes.line} data-old={preview.isOld || undefined}>
          <span className={classes.equals} aria-hidden="true">
            =
          </span>
          <span className={classes.hidden}>With the last run’s values: </span>
          <code className={classes.value}>{shown(preview.begins ?? preview.value)}</code>
          <span className={classes.kind}>{preview.kind}</span>
        </p>
      );
  }
}

function shown(value: unknown): string {
  const text = typeof value === "string" ? (value === "" ? "an empty text" : value) : JSON.stringify(value);
  return text.length > MOST ? `${text.slice(0, MOST - 1)}…` : text;
}
