// A template before it is used: what it is made of, what it needs, what came of it here, and what it asks.
import { Button, CopyButton } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { ChevronDown, ChevronRight } from "lucide-react";
import { lazy, Suspense, useState } from "react";
import { useParams } from "react-router";
import { useMay } from "@/api/me";
import { type TemplateDetail, templateOne } from "@/api/templates";
import { EmptyState } from "@/components/EmptyState";
import { IssueList } from "@/components/IssueList";
import { Loaded } from "@/components/Loaded";
import { GraphMiniature } from "@/components/Miniature";
import { Page } from "@/components/Page";
import { PageHeader } from "@/components/PageHeader";
import { Panel } from "@/components/Panel";
import { InstantiateForm } from "@/pages/templates/InstantiateForm";
import classes from "@/pages/templates/TemplatePage.module.css";
import { DIFFICULTY_WORDS, factsOf, measuredIn, titled } from "@/pages/templates/templates";

export default function TemplatePage() {
  const { name = "" } = useParams();
  const query = useQuery(templateOne(name));
  return (
    <Page>
      <PageHeader title={query.data?.title ?? name} description={query.data?.description} />
      <Loaded query={query}>{(template) => <Content key={template.name} template={template} />}</Loaded>
    </Page>
  );
}

const KINDS = { secret: "Secret", profile: "Profile", service: "Service", workflow: "Workflow" } as const;

const TemplateGraph = lazy(() => import("@/pages/templates/TemplateGraph"));

function Content({ template }: { template: TemplateDetail }) {
  const mayEdit = useMay("editor");
  const facts = [titled(template.category), DIFFICULTY_WORDS[template.difficulty], ...factsOf(template)];
  return (
    <>
      <div className={classes.picture}>
        <Suspense fallback={<GraphMiniature graph={template.graph} />}>
          <TemplateGraph graph={template.graph} />
        </Suspense>
      </div>
      <div className={classes.columns}>
        <div className={classes.column}>
          <p className={classes.facts}>{facts.join(" · ")}</p>
          {template.measured && <p className={classes.facts}>{measuredIn(template.measured)}</p>}
          {template.requirements.length > 0 && (
            <Panel title="What it needs">
              <ul className={classes.needs} aria-label="What it needs">
                {template.requirements.map(({ kind, name, description }) => (
                  <li key={`${kind} ${name}`}>
                    <span>{KINDS[kind]}</span>
                    <div>
                      {name}
                      {description && <p>{description}</p>}
                    </div>
                  </li>
                ))}
              </ul>
            </Panel>
          )}
          <TemplateFile text={template.text} />
        </div>
        <Panel title="Use it">
          {!template.usable ? (
            <IssueList issues={template.validation.issues} />
          ) : mayEdit ? (
            <InstantiateForm template={template} />
          ) : (
            <EmptyState compact title="Editors make workflows of it">
              You may look at it. To use it, ask an administrator for the role.
            </EmptyState>
          )}
        </Panel>
      </div>
    </>
  );
}

/** As it is written; opened by who wants to read it. */
function TemplateFile({ text }: { text: string }) {
  const [isOpen, setOpen] = useState(false);
  const Sign = isOpen ? ChevronDown : ChevronRight;
  return (
    <Panel
      title="Its file"
      aside={`${text.trimEnd().split("\n").length} lines`}
      action={
        <div className={classes.fileActions}>
          <CopyButton value={text}>
            {({ copied, copy }) => (
              <Button size="xs" variant="subtle" color="gray" onClick={copy}>
                {copied ? "Copied" : "Copy"}
              </Button>
            )}
          </CopyButton>
          <Button
            size="xs"
            variant="subtle"
            color="gray"
            leftSection={<Sign size={14} />}
            aria-expanded={isOpen}
            onClick={() => setOpen(!isOpen)}
          >
            {isOpen ? "Hide" : "Show"}
          </Button>
        </div>
      }
      flush={isOpen}
    >
      {isOpen && (
        // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
        <pre className={classes.file} tabIndex={0} role="region" aria-label="File">
          {text}
        </pre>
      )}
    </Panel>
  );
}
