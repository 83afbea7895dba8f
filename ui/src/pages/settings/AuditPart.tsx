// Who did what, and who was refused: a log that shows when it was changed afterwards.
import { Button, Select, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { keepPreviousData, useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Download } from "lucide-react";
import { useState } from "react";
import { type AuditEntry, auditExport, type AuditFilter, auditList, auditVerdict } from "@/api/audit";
import { allItems } from "@/api/paging";
import { type Column, DataTable } from "@/components/DataTable";
import { EmptyState } from "@/components/EmptyState";
import { ProblemNotice } from "@/components/ProblemNotice";
import { StatusBadge } from "@/components/StatusBadge";
import { When } from "@/components/When";
import { counted } from "@/format/number";
import classes from "@/pages/settings/AuditPart.module.css";
import { type AuditFields, detailText, filterOf, NO_FIELDS } from "@/pages/settings/auditFilter";
import { Section } from "@/pages/settings/Section";

export default function AuditPart() {
  const [fields, setFields] = useState<AuditFields>(NO_FIELDS);
  const [settled] = useDebouncedValue(fields, 250);
  const filter = filterOf(settled);
  const query = useInfiniteQuery({ ...auditList(filter), placeholderData: keepPreviousData });
  const entries = allItems(query.data?.pages);
  return (
    <Section title="Audit" description="Everything that was changed, and what was refused. The newest is first." action={<Export filter={filter} />}>
      <Verdict />
      <div className={classes.filters} role="search" aria-label="Filter the audit log">
        {(["actor", "action", "subject"] as const).map((name) => (
          <TextInput
            key={name}
            label={LABELS[name].label}
            placeholder={LABELS[name].placeholder}
            value={fields[name]}
            onChange={(event) => setFields({ ...fields, [name]: event.currentTarget.value })}
          />
        ))}
        <Select
          label="Outcome"
          placeholder="Any"
          data={OUTCOMES}
          value={fields.outcome === "" ? null : fields.outcome}
          onChange={(outcome) => setFields({ ...fields, outcome: outcome ?? "" })}
          clearable
        />
        <TextInput
          type="date"
          label="From"
          value={fields.from}
          onChange={(event) => setFields({ ...fields, from: event.currentTarget.value })}
        />
        <TextInput
          type="date"
          label="To"
          value={fields.to}
          onChange={(event) => setFields({ ...fields, to: event.currentTarget.value })}
        />
      </div>
      {query.error !== null && <ProblemNotice error={query.error} onRetry={() => void query.refetch()} />}
      {query.data !== undefined && entries.length === 0 ? (
        <EmptyState
          title="Nothing fits this filter"
          action={
            <Button variant="default" onClick={() => setFields(NO_FIELDS)}>
              Show everything
            </Button>
          }
        />
      ) : (
        query.error === null && (
          <DataTable
            label="Audit log"
            columns={COLUMNS}
            rows={entries}
            keyOf={(entry) => String(entry.id)}
            isLoading={query.isPending}
            onMore={query.hasNextPage ? () => void query.fetchNextPage() : null}
            isLoadingMore={query.isFetchingNextPage}
          />
        )
      )}
    </Section>
  );
}

const LABELS = {
  actor: { label: "Who", placeholder: "ada" },
  action: { label: "Action", placeholder: "runs.cancel" },
  subject: { label: "Done to", placeholder: "order-desk" },
};
const OUTCOMES = [
  { value: "done", label: "Done" },
  { value: "refused", label: "Refused" },
  { value: "failed", label: "Failed" },
];

const COLUMNS: readonly Column<AuditEntry>[] = [
  { id: "at", title: "When", cell: (entry) => <When at={entry.at} /> },
  { id: "who", title: "Who", cell: (entry) => <span title={entry.address ?? ""}>{entry.name}</span> },
  {
    id: "action",
    title: "What",
    grow: true,
    cell: (entry) => (
      <>
        <span className={classes.action}>{entry.action}</span>
        <span className={classes.subject} title={detailText(entry)}>
          {entry.subject} {detailText(entry)}
        </span>
      </>
    ),
  },
  { id: "via", title: "By", secondary: 2, cell: (entry) => entry.via },
  {
    id: "outcome",
    title: "Outcome",
    cell: (entry) => (
      <StatusBadge
        status={entry.outcome === "refused" ? "cancelled" : entry.outcome}
        {...(entry.outcome === "refused" ? { label: "Refused" } : {})}
      />
    ),
  },
];

function Verdict() {
  const { data, error, refetch } = useQuery(auditVerdict);
  if (error !== null) return <ProblemNotice error={error} onRetry={() => void refetch()} />;
  if (data === undefined) return null;
  return (
    <p className={classes.verdict} role="status">
      <StatusBadge status={data.ok ? "done" : "failed"} label={data.ok ? "Chain verified" : "Chain broken"} />
      {data.ok
        ? `${counted(data.entries, "entry", "entries")}, each as it was written.`
        : `Entry ${data.broken ?? "?"} is not as it was written, or is missing.`}
    </p>
  );
}

function Export({ filter }: { filter: AuditFilter }) {
  return (
    <div className={classes.exports}>
      {(["csv", "ndjson"] as const).map((format) => (
        <Button
          key={format}
          component="a"
          href={auditExport(filter, format)}
          download
          variant="default"
          leftSection={<Download size={15} />}
        >
          {format === "csv" ? "CSV" : "JSON lines"}
        </Button>
      ))}
    </div>
  );
}
