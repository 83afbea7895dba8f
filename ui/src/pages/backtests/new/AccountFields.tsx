// The account it is tested with. What is left empty is as the workflow says.
import { Checkbox, TextInput } from "@mantine/core";
import type { Issue } from "@/api/problem";
import { errorAt } from "@/form/widget";
import type { BacktestForm } from "@/pages/backtests/new/form";
import classes from "@/pages/backtests/new/New.module.css";

interface Props {
  form: BacktestForm;
  onChange: (changed: Partial<BacktestForm>) => void;
  issues: readonly Issue[];
}

export function AccountFields({ form, onChange, issues }: Props) {
  const text = (name: "balance" | "currency" | "fees" | "slippage", path: string) => ({
    value: form[name],
    onChange: (event: React.ChangeEvent<HTMLInputElement>) => onChange({ [name]: event.currentTarget.value }),
    error: errorAt(issues, path),
  });
  return (
    <div className={classes.fields}>
      <div className={classes.four}>
        <TextInput label="Begins with" placeholder="10,000" inputMode="decimal" {...text("balance", "paper.balance")} />
        <TextInput label="Currency" placeholder="USDT" {...text("currency", "paper.currency")} />
        <TextInput label="Fees" placeholder="As the market" inputMode="decimal" rightSection="%" {...text("fees", "paper.fees")} />
        <TextInput label="Slippage" placeholder="None" inputMode="decimal" rightSection="bp" title="Hundredths of a percent by which a price is worse than the market" {...text("slippage", "paper.slippage")} />
      </div>
      <Checkbox
        label="Be pessimistic inside a bar"
        description="The price goes against the position first, and a limit has to be passed."
        checked={form.isPessimistic}
        onChange={(event) => onChange({ isPessimistic: event.currentTarget.checked })}
      />
    </div>
  );
}
