// What is to come of it: one test, a sweep, a walk forward, or what might as well have come of it.
import { Checkbox, SegmentedControl, Select, TextInput } from "@mantine/core";
import { KINDS } from "@/api/backtestTypes";
import type { Issue } from "@/api/problem";
import { errorAt } from "@/form/widget";
import { labelOf, METRICS } from "@/pages/backtests/figures";
import type { BacktestForm } from "@/pages/backtests/new/form";
import classes from "@/pages/backtests/new/New.module.css";
import { KIND_WORDS } from "@/pages/backtests/words";

const ABOUT: Readonly<Record<BacktestForm["kind"], string>> = {
  backtest: "One test, with every setting as it is or as you set it below.",
  sweep: "Every combination of the values below, so that one sees which settings it hangs on.",
  walk_forward: "The best of the values below is chosen on one stretch and tested on the next, again and again: what it would have been worth not to know.",
  monte_carlo: "One test, and then what else might have come of the same trades: how much of it was luck.",
};

const METHODS = [
  { value: "grid", label: "All combinations" },
  { value: "random", label: "Some, at random" },
  { value: "bayesian", label: "Some, where it looks best" },
];

interface Props {
  form: BacktestForm;
  onChange: (changed: Partial<BacktestForm>) => void;
  issues: readonly Issue[];
}

export function KindField({ form, onChange, issues }: Props) {
  return (
    <div className={classes.fields}>
      <SegmentedControl
        aria-label="What is to come of it"
        className={classes.kinds ?? ""}
        data={KINDS.map((value) => ({ value, label: KIND_WORDS[value] }))}
        value={form.kind}
        onChange={(value) => onChange({ kind: KINDS.find((one) => one === value) ?? "backtest" })}
      />
      <p className={classes.about}>{ABOUT[form.kind]}</p>
      {errorAt(issues, "kind") !== null && (
        <p className={classes.wrong} role="alert">
          {errorAt(issues, "kind")}
        </p>
      )}
    </div>
  );
}

export function SearchFields({ form, onChange, issues }: Props) {
  const { kind, method } = form;
  const isSearch = kind === "sweep" || kind === "walk_forward";
  const text = (name: "count" | "train" | "test" | "courses", path: string) => ({
    value: form[name],
    onChange: (event: React.ChangeEvent<HTMLInputElement>) => onChange({ [name]: event.currentTarget.value }),
    error: errorAt(issues, path),
  });
  if (kind === "backtest") return null;
  return (
    <div className={classes.three}>
      {isSearch && (
        <>
          <Select label="Best is what has" data={METRICS.map((value) => ({ value, label: labelOf(value) }))} value={form.metric} allowDeselect={false} onChange={(metric) => metric !== null && onChange({ metric })} error={errorAt(issues, "sweep.metric")} />
          <Select
            label="Which are tried"
            data={METHODS}
            value={method}
            allowDeselect={false}
            onChange={(value) => onChange({ method: value === "random" || value === "bayesian" ? value : "grid" })}
            error={errorAt(issues, "sweep.method")}
          />
          {method !== "grid" && <TextInput label="How many" inputMode="numeric" {...text("count", "sweep.count")} />}
        </>
      )}
      {kind === "walk_forward" && (
        <>
          <TextInput label="Chosen on" placeholder="90d" {...text("train", "walk_forward.train")} />
          <TextInput label="Tested on" placeholder="30d" {...text("test", "walk_forward.test")} />
          <Checkbox className={classes.check ?? ""} label="Choose on all that came before" checked={form.isAnchored} onChange={(event) => onChange({ isAnchored: event.currentTarget.checked })} />
        </>
      )}
      {isSearch && (
        <Checkbox
          className={classes.check ?? ""}
          label="Share the work with other servers"
          title="Every process of this store that drives runs tries variants, too. What comes of it is the same."
          checked={form.isSpread}
          onChange={(event) => onChange({ isSpread: event.currentTarget.checked })}
          error={errorAt(issues, "spread")}
        />
      )}
      {kind === "monte_carlo" && (
        <>
          <TextInput label="Courses" inputMode="numeric" {...text("courses", "monte_carlo.count")} />
          <Select
            label="Drawn from"
            data={[
              { value: "trades", label: "Its trades" },
              { value: "paths", label: "Stretches of its returns" },
            ]}
            value={form.drawn}
            allowDeselect={false}
            onChange={(value) => onChange({ drawn: value === "paths" ? "paths" : "trades" })}
          />
        </>
      )}
    </div>
  );
}
