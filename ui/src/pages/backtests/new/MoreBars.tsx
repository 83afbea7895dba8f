// Bars that are not here yet: a file that is sent, or a download from a venue, with how far it is.
import { ActionIcon, Button, FileButton, Progress, TextInput } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Download as DownloadIcon, Upload, X } from "lucide-react";
import { useState } from "react";
import { type Bars, cancelDownload, type Download, downloadList, isUnderWay, startDownload, uploadBars } from "@/api/bars";
import { keys } from "@/api/keys";
import { toProblem } from "@/api/problem";
import { tell, tellProblem } from "@/components/notices";
import { ProblemNotice } from "@/components/ProblemNotice";
import { StatusBadge } from "@/components/StatusBadge";
import { errorAt } from "@/form/widget";
import { counted } from "@/format/number";
import classes from "@/pages/backtests/new/New.module.css";

interface Props {
  symbol: string | null;
  timeframe: string | null;
  onBars: (name: string) => void;
}

export function MoreBars({ symbol, timeframe, onBars }: Props) {
  const client = useQueryClient();
  const [isOpen, setOpen] = useState(false);
  const take = async (name: string) => {
    await client.invalidateQueries({ queryKey: keys.bars.all });
    onBars(name);
  };
  const sending = useMutation({
    mutationFn: uploadBars,
    onSuccess: async (bars: Bars) => {
      await take(bars.name);
      tell(`${counted(bars.bars, "bar")} are kept as ${bars.name}.`);
    },
  });
  return (
    <div className={classes.more}>
      <div className={classes.buttons}>
        <FileButton onChange={(file) => file !== null && sending.mutate(file)} accept=".csv,.parquet">
          {(props) => (
            <Button {...props} size="xs" variant="default" leftSection={<Upload size={14} />} loading={sending.isPending}>
              Send a file
            </Button>
          )}
        </FileButton>
        <Button size="xs" variant="default" leftSection={<DownloadIcon size={14} />} aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
          Download from a venue
        </Button>
      </div>
      {sending.error !== null && <ProblemNotice error={sending.error} />}
      {isOpen && <DownloadForm symbol={symbol} timeframe={timeframe} onStarted={() => setOpen(false)} />}
      <Downloads onBars={(name) => void take(name)} />
    </div>
  );
}

interface FormProps {
  symbol: string | null;
  timeframe: string | null;
  onStarted: () => void;
}

function DownloadForm({ symbol, timeframe, onStarted }: FormProps) {
  const client = useQueryClient();
  const [form, setForm] = useState({ venue: "", symbol: symbol ?? "", timeframe: timeframe ?? "1h", since: "", until: "", profile: "" });
  const starting = useMutation({
    mutationFn: () => {
      const { until, profile, since, ...rest } = form;
      return startDownload({ ...rest, since: `${since}T00:00:00Z`, ...(until === "" ? {} : { until: `${until}T00:00:00Z` }), ...(profile === "" ? {} : { profile }) });
    },
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: keys.bars.downloads });
      onStarted();
    },
  });
  const issues = starting.error === null ? [] : toProblem(starting.error).issues;
  const field = (name: keyof typeof form) => ({
    value: form[name],
    onChange: (event: React.ChangeEvent<HTMLInputElement>) => setForm({ ...form, [name]: event.currentTarget.value }),
    error: errorAt(issues, name),
  });
  const isReady = form.venue !== "" && form.symbol !== "" && form.timeframe !== "" && form.since !== "";
  return (
    <fieldset className={classes.download}>
      <legend>Download</legend>
      <div className={classes.three}>
        <TextInput label="Venue" placeholder="binance" {...field("venue")} />
        <TextInput label="Symbol" placeholder="BTC/USDT" {...field("symbol")} />
        <TextInput label="Timeframe" placeholder="1h" {...field("timeframe")} />
        <TextInput label="From" type="date" {...field("since")} />
        <TextInput label="To" type="date" description={null} {...field("until")} />
        <TextInput label="Profile" placeholder="None" {...field("profile")} />
      </div>
      {starting.error !== null && <ProblemNotice error={starting.error} />}
      <Button size="xs" disabled={!isReady} loading={starting.isPending} onClick={() => starting.mutate()}>
        Download
      </Button>
    </fieldset>
  );
}

const SHOWN = 4;

function Downloads({ onBars }: { onBars: (name: string) => void }) {
  const query = useQuery(downloadList);
  const items = (query.data ?? []).slice(0, SHOWN);
  if (items.length === 0) return null;
  return (
    <ul className={classes.downloads} aria-label="Downloads">
      {items.map((one) => (
        <DownloadLine key={one.id} one={one} onBars={onBars} />
      ))}
    </ul>
  );
}

function DownloadLine({ one, onBars }: { one: Download; onBars: (name: string) => void }) {
  const client = useQueryClient();
  const { id, name, state, progress, bars, error } = one;
  const cancel = () => void cancelDownload(id).then(() => client.invalidateQueries({ queryKey: keys.bars.all })).catch(tellProblem);
  return (
    <li>
      <span className={classes.name}>{name}</span>
      {isUnderWay(one) ? (
        <Progress.Root size="sm" className={classes.bar ?? ""} color="dye">
          <Progress.Section value={progress * 100} aria-label={`Progress of ${name}`} />
        </Progress.Root>
      ) : (
        <StatusBadge status={state} {...(state === "interrupted" ? { label: "Broken off" } : {})} />
      )}
      <span className={classes.said}>{error === null ? counted(bars, "bar") : error.message}</span>
      {state === "completed" && (
        <Button size="compact-xs" variant="default" onClick={() => onBars(name)}>
          Take these
        </Button>
      )}
      <ActionIcon size={24} aria-label={isUnderWay(one) ? `Cancel ${name}` : `Forget ${name}`} onClick={cancel}>
        <X size={14} />
      </ActionIcon>
    </li>
  );
}
