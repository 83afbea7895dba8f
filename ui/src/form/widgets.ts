// Which widget edits what: the form's own first, else by kind.
import type { Kind, Schema } from "@/form/schema";
import type { Widget } from "@/form/widget";
import { ArrayWidget } from "@/form/widgets/ArrayWidget";
import { BooleanWidget } from "@/form/widgets/BooleanWidget";
import { ChoiceWidget } from "@/form/widgets/ChoiceWidget";
import { ConstantWidget } from "@/form/widgets/ConstantWidget";
import { DictWidget } from "@/form/widgets/DictWidget";
import { ExpressionWidget } from "@/form/widgets/ExpressionWidget";
import { JsonWidget } from "@/form/widgets/JsonWidget";
import { NumberWidget } from "@/form/widgets/NumberWidget";
import { ObjectWidget } from "@/form/widgets/ObjectWidget";
import { SecretWidget } from "@/form/widgets/SecretWidget";
import { TextWidget } from "@/form/widgets/TextWidget";
import { UnionWidget } from "@/form/widgets/UnionWidget";

export const BY_KIND: Record<Kind, Widget> = {
  text: TextWidget,
  secret: SecretWidget,
  expression: ExpressionWidget,
  number: NumberWidget,
  boolean: BooleanWidget,
  choice: ChoiceWidget,
  object: ObjectWidget,
  dict: DictWidget,
  array: ArrayWidget,
  union: UnionWidget,
  constant: ConstantWidget,
  any: JsonWidget,
};

/** Widgets for a form, beside those above: by `x-widget`, by format, or by kind. */
export type Widgets = Readonly<Record<string, Widget>>;

export function widgetFor(kind: Kind, schema: Schema, own: Widgets): Widget {
  const hints = [schema["x-widget"], schema.format, kind];
  for (const hint of hints) {
    const widget = hint === undefined ? undefined : own[hint];
    if (widget !== undefined) return widget;
  }
  return BY_KIND[kind];
}
