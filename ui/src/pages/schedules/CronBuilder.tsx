// When, as cron: usual ones to begin with, its fields, its text; and when it would fire next.
import { Checkbox, TextInput } from "@mantine/core";
import { Pills } from "@/components/Pills";
import { CRON_PRESETS, cronInWords } from "@/form/cron";
import classes from "@/pages/schedules/CronBuilder.module.css";
import { type CronFields, joinCron, splitCron } from "@/pages/schedules/cronFields";

interface Props {
  cron: string;
  onChange: (cron: string) => void;
}

const FIELDS: readonly { name: Exclude<keyof CronFields, "second">; label: string; hint: string }[] = [
  { name: "minute", label: "Minute", hint: "0–59, */5" },
  { name: "hour", label: "Hour", hint: "0–23, 9-17" },
  { name: "day", label: "Day", hint: "1–31, L" },
  { name: "month", label: "Month", hint: "1–12, JAN" },
  { name: "weekday", label: "Weekday", hint: "MON-FRI" },
];

export function CronBuilder({ cron, onChange }: Props) {
  const fields = splitCron(cron);
  return (
    <div className={classes.builder}>
      <Pills
        label="Usual times"
        pills={CRON_PRESETS.map((preset) => ({
          key: preset.cron,
          title: preset.title,
          isPressed: preset.cron === cron.trim(),
          onPress: () => onChange(preset.cron),
        }))}
      />
      {fields !== null && (
        <div className={classes.fields} role="group" aria-label="Fields">
          {fields.second !== null && (
            <TextInput
              label="Second"
              description="0–59"
              value={fields.second}
              onChange={(event) => onChange(joinCron({ ...fields, second: event.currentTarget.value }))}
            />
          )}
          {FIELDS.map(({ name, label, hint }) => (
            <TextInput
              key={name}
              label={label}
              description={hint}
              value={fields[name]}
              onChange={(event) => onChange(joinCron({ ...fields, [name]: event.currentTarget.value }))}
            />
          ))}
        </div>
      )}
      <div className={classes.text}>
        <TextInput
          label="Cron"
          description={cronInWords(cron) ?? "Minute, hour, day, month, weekday; or @daily, @hourly, @weekly."}
          classNames={{ input: classes.cron ?? "" }}
          spellCheck={false}
          required
          value={cron}
          onChange={(event) => onChange(event.currentTarget.value)}
        />
        {fields !== null && (
          <Checkbox
            label="To the second"
            checked={fields.second !== null}
            onChange={(event) => onChange(joinCron({ ...fields, second: event.currentTarget.checked ? "0" : null }))}
          />
        )}
      </div>
    </div>
  );
}
