// The widgets of a node's config: by what its schema says, each with the switch to an expression.
import { CodeWidget } from "@/form/widgets/CodeWidget";
import { CronWidget } from "@/form/widgets/CronWidget";
import { DecimalWidget } from "@/form/widgets/DecimalWidget";
import { DurationWidget } from "@/form/widgets/DurationWidget";
import { FileWidget } from "@/form/widgets/FileWidget";
import { ProfileWidget } from "@/form/widgets/ProfileWidget";
import { SecretReferenceWidget } from "@/form/widgets/SecretReferenceWidget";
import { switchable } from "@/form/widgets/Switchable";
import { TagsWidget } from "@/form/widgets/TagsWidget";
import { TimezoneWidget } from "@/form/widgets/TimezoneWidget";
import { BY_KIND, type Widgets } from "@/form/widgets";

/** By `x-widget`, by `format`, or by kind. */
export const NODE_WIDGETS: Widgets = {
  ...Object.fromEntries(
    Object.entries(BY_KIND).map(([kind, widget]) => [kind, kind === "constant" ? widget : switchable(widget)]),
  ),
  secret: SecretReferenceWidget,
  password: SecretReferenceWidget,
  duration: switchable(DurationWidget),
  cron: switchable(CronWidget),
  timezone: switchable(TimezoneWidget),
  decimal: switchable(DecimalWidget),
  money: switchable(DecimalWidget),
  profile: switchable(ProfileWidget),
  credential: switchable(ProfileWidget),
  code: CodeWidget,
  path: switchable(FileWidget),
  tags: TagsWidget,
};
