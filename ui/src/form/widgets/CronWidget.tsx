import { Menu, TextInput, UnstyledButton } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { ChevronDown } from "lucide-react";
import { useContext } from "react";
import { fireTimesQuery } from "@/api/fireTimes";
import { toProblem } from "@/api/problem";
import { CRON_PRESETS, cronInWords } from "@/form/cron";
import { FormValue, inputProps, useForm, type WidgetProps } from "@/form/widget";
import classes from "@/form/widgets/CronWidget.module.css";

const WAIT = 300;
const SHOWN = 3;

/** When, as cron: with what it says in words, and when it would fire next in the zone beside it. */
export function CronWidget(props: WidgetProps) {
  const { isReadOnly } = useForm();
  const beside = useContext(FormValue)["timezone"];
  const { value, onChange, error } = props;
  const text = typeof value === "string" ? value : "";
  const zone = typeof beside === "string" && !beside.includes("{{") ? beside : "UTC";
  const [cron] = useDebouncedValue(text.trim(), WAIT);
  const times = useQuery({ ...fireTimesQuery(cron, zone, SHOWN), enabled: cron !== "", placeholderData: keepPreviousData });
  const refused = cron !== "" && times.error !== null ? toProblem(times.error) : null;
  const format = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short", timeZone: known(zone) });
  return (
    <div>
      <TextInput
        {...inputProps(props, isReadOnly)}
        classNames={{ input: classes.input ?? "" }}
        placeholder="30 9 * * MON-FRI"
        spellCheck={false}
        value={text}
        onChange={(event) => onChange(event.currentTarget.value)}
        error={error ?? (refused === null ? null : `${refused.message} ${refused.remedy ?? ""}`)}
        rightSectionWidth="fit-content"
        rightSection={
          isReadOnly ? null : (
            <Menu position="bottom-end">
              <Menu.Target>
                <UnstyledButton className={classes.presets ?? ""} aria-label="Usual times">
                  <ChevronDown size={14} />
                </UnstyledButton>
              </Menu.Target>
              <Menu.Dropdown>
                {CRON_PRESETS.map((preset) => (
                  <Menu.Item key={preset.cron} onClick={() => onChange(preset.cron)}>
                    {preset.title}
                  </Menu.Item>
                ))}
              </Menu.Dropdown>
            </Menu>
          )
        }
      />
      {cron !== "" && refused === null && times.data !== undefined && (
        <div className={classes.told}>
          <p>
            {cronInWords(cron) ?? "As written"} <span>· {zone}</span>
          </p>
          <ol aria-label="Next fire times">
            {times.data.items.map((one) => (
              <li key={one.at}>
                <time dateTime={one.at}>{format.format(new Date(one.at))}</time>
              </li>
            ))}
          </ol>
        </div>
      )}
    </div>
  );
}

function known(zone: string): string {
  try {
    return new Intl.DateTimeFormat(undefined, { timeZone: zone }).resolvedOptions().timeZone;
  } catch {
    return "UTC";
  }
}
