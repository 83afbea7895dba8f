// The installation: what it is, what is found when one looks at it, a copy of its store, its limits.
import { Button } from "@mantine/core";
import { useMutation, useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { CircleCheck, CircleX, DatabaseBackup, RefreshCw, TriangleAlert } from "lucide-react";
import { backUp, type Finding, installationInfo, systemFindings } from "@/api/system";
import { Loaded } from "@/components/Loaded";
import { ProblemNotice } from "@/components/ProblemNotice";
import { bytes, counted, number } from "@/format/number";
import { When } from "@/components/When";
import { Line, Lined, Section } from "@/pages/settings/Section";
import classes from "@/pages/settings/SystemPart.module.css";

export default function SystemPart() {
  return (
    <>
      <Installation />
      <Findings />
      <Backup />
    </>
  );
}

function Findings() {
  const query = useQuery(systemFindings);
  return (
    <Section
      title="Health"
      description="What treadle doctor looks at."
      action={
        <Button
          variant="default"
          leftSection={<RefreshCw size={15} />}
          loading={query.isFetching}
          onClick={() => void query.refetch()}
        >
          Look again
        </Button>
      }
    >
      <Loaded query={query}>
        {({ findings }) => (
          <Lined label="Findings">
            {findings.map((finding) => (
              <Line
                key={`${finding.subject} ${finding.text}`}
                title={
                  <>
                    <Sign status={finding.status} />
                    {finding.subject}
                  </>
                }
                detail={
                  <>
                    <span>{finding.text}</span>
                    {finding.remedy && <span className={classes.remedy}>{finding.remedy}</span>}
                  </>
                }
              />
            ))}
          </Lined>
        )}
      </Loaded>
    </Section>
  );
}

function Sign({ status }: { status: Finding["status"] }) {
  const Icon = status === "ok" ? CircleCheck : status === "warning" ? TriangleAlert : CircleX;
  const word = status === "ok" ? "Good" : status === "warning" ? "Warning" : "Error";
  return (
    <span className={classes.sign} data-status={status}>
      <Icon size={15} role="img" aria-label={word} />
    </span>
  );
}

function Backup() {
  const copy = useMutation({ mutationFn: backUp });
  return (
    <Section
      title="Backup"
      description="A checked copy of the store, as it is at one moment, beside it on the server. Runs go on meanwhile."
      action={
        <Button leftSection={<DatabaseBackup size={15} />} loading={copy.isPending} onClick={() => copy.mutate()}>
          Back up now
        </Button>
      }
    >
      {copy.error !== null && <ProblemNotice error={copy.error} />}
      {copy.data !== undefined && (
        <div role="status">
          <Lined label="Backup">
            <Line
              title={copy.data.path}
              detail={
                <>
                  <When at={copy.data.made_at} />
                  <span>{bytes(copy.data.bytes)}</span>
                  <span>{counted(copy.data.runs, "run")}</span>
                  <span>SHA-256 {copy.data.sha256.slice(0, 12)}…</span>
                </>
              }
            />
          </Lined>
        </div>
      )}
    </Section>
  );
}

function Installation() {
  const query = useQuery(installationInfo);
  return (
    <Section title="Installation">
      <Loaded query={query}>
        {({ version, packs, features, limits }) => (
          <dl className={classes.facts}>
            <Fact name="Version" value={version} />
            <Fact name="Node types" value={packs.join(", ")} />
            <Fact
              name="Allowed here"
              value={
                Object.entries(features)
                  .filter(([, isAllowed]) => isAllowed)
                  .map(([name]) => name.replaceAll("_", " "))
                  .join(", ") || "nothing besides the usual"
              }
            />
            <Fact name="Runs at once" value={number(limits.max_concurrency)} />
            <Fact name="A workflow at most" value={bytes(limits.max_definition)} />
            <Fact name="A request at most" value={bytes(limits.max_body)} />
            <Fact name="Repeated requests known for" value={counted(limits.idempotency_hours, "hour")} />
            <Fact
              name="Made with the work of others"
              value={
                <a href="/licenses.txt" target="_blank" rel="noreferrer">
                  Whose, and under which licences
                </a>
              }
            />
          </dl>
        )}
      </Loaded>
    </Section>
  );
}

function Fact({ name, value }: { name: string; value: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  );
}
