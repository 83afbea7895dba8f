// The bars of one market: those that are here, a file of the workspace, or a simulated market.
import { Autocomplete } from "@mantine/core";
import type { Bars } from "@/api/bars";
import { barsInWords, offered } from "@/pages/backtests/new/markets";

interface Props {
  label: string;
  bars: readonly Bars[];
  /** To have those of the market first. */
  symbol: string | null;
  timeframe: string | null;
  value: string;
  onChange: (source: string) => void;
  error: string | null;
}

const USUAL = { symbol: "BTC/USDT", timeframe: "1h" };

export function BarsField({ label, bars, symbol, timeframe, value, onChange, error }: Props) {
  const simulated = `simulated:${symbol ?? USUAL.symbol}@${timeframe ?? USUAL.timeframe}`;
  const known = offered(bars, symbol);
  const chosen = known.find(({ name }) => name === value);
  const said =
    chosen !== undefined
      ? barsInWords(chosen)
      : value.startsWith("simulated")
        ? "A market that is made up, the same each time. It says whether it works, not whether it earns."
        : known.length === 0 && value === ""
          ? "There are none yet: send a file, download some, or take a simulated market."
          : "Bars of the project, or a CSV or Parquet file of the workspace.";
  return (
    <Autocomplete
      label={label}
      description={said}
      placeholder="btc.csv"
      required
      data={[
        ...(known.length > 0 ? [{ group: "In the project", items: known.map(({ name }) => name).filter((name) => name !== simulated) }] : []),
        { group: "Simulated", items: [simulated] },
      ]}
      // All are offered until something is typed that is none of them.
      filter={({ options, search }) => (options.some((group) => "items" in group && group.items.some((one) => one.value === search)) ? options : options.map((group) => ("items" in group ? { ...group, items: group.items.filter((one) => one.value.toLowerCase().includes(search.toLowerCase())) } : group)))}
      value={value}
      onChange={onChange}
      error={error}
    />
  );
}
