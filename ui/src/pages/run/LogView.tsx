// What the nodes wrote, up to the moment that is shown.
import { Select, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Search } from "lucide-react";
import { useMemo, useState } from "react";
import { runLog } from "@/api/run";
import { EmptyState } from "@/components/EmptyState";
import type { LiveEvent } from "@/live/event";
import { dataText, filterLines, LEVELS, linesOfEvents, linesOfLog } from "@/pages/run/logs";
import { Scroll } from "@/components/Scroll";
import classes from "@/pages/run/LogView.module.css";

interface Props {
  runId: string;
  /** What the stream has told, where it has told all of it. */
  events: readonly LiveEvent[] | null;
  onSelect: (runPath: string) => void;
}

const clock = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit", second: "2-digit", fractionalSecondDigits: 3 });

export function LogView({ runId, events, onSelect }: Props) {
  const kept = useQuery({ ...runLog(runId), enabled: events === null });
  const [node, setNode] = useState<string | null>(null);
  const [level, setLevel] = useState<string | null>(null);
  const [search, setSearch] = useState("");
  const lines = useMemo(() => (events === null ? linesOfLog(kept.data ?? []) : linesOfEvents(events)), [events, kept.data]);
  const nodes = useMemo(() => [...new Set(lines.map((line) => line.node))].filter(Boolean).toSorted(), [lines]);
  const shown = filterLines(lines, { node, level, search });
  if (lines.length === 0) return <EmptyState compact title="No node has written anything">What nodes log stands here, as they do.</EmptyState>;
  return (
    <div className={classes.log}>
      <div className={classes.filter} role="search" aria-label="Filter the log">
        <TextInput
          size="xs"
          aria-label="Search the log"
          placeholder="Search"
          leftSection={<Search size={13} aria-hidden="true" />}
          value={search}
          onChange={(event) => setSearch(event.currentTarget.value)}
        />
        <Select size="xs" aria-label="Node" placeholder="Any node" data={nodes} value={node} onChange={setNode} clearable searchable />
        <Select size="xs" aria-label="Level" placeholder="Any level" data={LEVELS.map((one) => ({ value: one, label: `${one} and worse` }))} value={level} onChange={setLevel} clearable />
      </div>
      <Scroll className={classes.scroll} label="Log">
        <ol className={classes.lines}>
        {shown.slice(-1000).map((line) => (
          <li key={line.key} data-level={line.level}>
            <time dateTime={line.at}>{clock.format(new Date(line.at))}</time>
            <span className={classes.level}>{line.level}</span>
            <button type="button" onClick={() => onSelect(line.node)}>
              {line.node}
            </button>
            <span className={classes.words}>
              {line.message} {dataText(line.data) && <code>{dataText(line.data)}</code>}
            </span>
          </li>
        ))}
        {shown.length === 0 && <li>Nothing fits.</li>}
        </ol>
      </Scroll>
    </div>
  );
}
