// Workflows to begin with.
import { Button, Select, Skeleton, TextInput } from "@mantine/core";
import { useDebouncedCallback } from "@mantine/hooks";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Search } from "lucide-react";
import { useState } from "react";
import { useSearchParams } from "react-router";
import { allItems } from "@/api/paging";
import { allTemplates, DIFFICULTIES, type TemplateFilter, templatePages } from "@/api/templates";
import { EmptyState } from "@/components/EmptyState";
import { Page } from "@/components/Page";
import { PageHeader } from "@/components/PageHeader";
import { ProblemNotice } from "@/components/ProblemNotice";
import { TemplateCard } from "@/pages/templates/TemplateCard";
import { categoriesOf, DIFFICULTY_WORDS, readTemplateFilter, titled } from "@/pages/templates/templates";
import classes from "@/pages/templates/TemplatesPage.module.css";

export default function TemplatesPage() {
  const [query, setQuery] = useSearchParams();
  const filter = readTemplateFilter(query);
  const pages = useInfiniteQuery(templatePages(filter));
  const templates = allItems(pages.data?.pages);
  const set = (name: keyof TemplateFilter, value: string | null) => {
    const next = new URLSearchParams(query);
    if (value) next.set(name, value);
    else next.delete(name);
    setQuery(next, { replace: true });
  };
  return (
    <Page>
      <PageHeader title="Templates" description="Working workflows to begin with: fill in what is yours, and change the rest.">
        <Filters filter={filter} onChange={set} />
      </PageHeader>
      {pages.error !== null && <ProblemNotice error={pages.error} onRetry={() => void pages.refetch()} />}
      {pages.isPending ? (
        <div className={classes.cards} role="status" aria-label="Loading">
          {[0, 1, 2, 3, 4, 5].map((at) => (
            <Skeleton key={at} height={264} radius={12} />
          ))}
        </div>
      ) : templates.length === 0 && pages.data !== undefined ? (
        <EmptyState
          title="No template fits this search"
          action={
            <Button variant="default" onClick={() => setQuery({}, { replace: true })}>
              Show all
            </Button>
          }
        />
      ) : (
        <ul className={classes.cards} aria-label="Templates">
          {templates.map((template) => (
            <TemplateCard key={template.name} template={template} />
          ))}
        </ul>
      )}
      {pages.hasNextPage && (
        <Button variant="default" onClick={() => void pages.fetchNextPage()} loading={pages.isFetchingNextPage}>
          Show more
        </Button>
      )}
    </Page>
  );
}

interface FiltersProps {
  filter: TemplateFilter;
  onChange: (name: keyof TemplateFilter, value: string | null) => void;
}

function Filters({ filter, onChange }: FiltersProps) {
  const all = useQuery(allTemplates);
  const [typed, setTyped] = useState(filter.search ?? "");
  const [shown, setShown] = useState(filter.search);
  if (filter.search !== shown) {
    // The address has changed, not by typing.
    setShown(filter.search);
    if ((filter.search ?? "") !== typed.trim()) setTyped(filter.search ?? "");
  }
  const tell = useDebouncedCallback((text: string) => onChange("search", text.trim()), 200);
  return (
    <div className={classes.filters} role="search" aria-label="Filter templates">
      <TextInput
        aria-label="Search templates"
        placeholder="What should happen?"
        leftSection={<Search size={14} aria-hidden="true" />}
        value={typed}
        onChange={(event) => {
          setTyped(event.currentTarget.value);
          tell(event.currentTarget.value);
        }}
      />
      <Select
        className={classes.choice ?? ""}
        aria-label="Category"
        placeholder="Any category"
        data={categoriesOf(all.data?.items ?? []).map((value) => ({ value, label: titled(value) }))}
        value={filter.category ?? null}
        onChange={(value) => onChange("category", value)}
        clearable
      />
      <Select
        className={classes.choice ?? ""}
        aria-label="Difficulty"
        placeholder="Any difficulty"
        data={DIFFICULTIES.map((value) => ({ value, label: DIFFICULTY_WORDS[value] }))}
        value={filter.difficulty ?? null}
        onChange={(value) => onChange("difficulty", value)}
        clearable
      />
    </div>
  );
}
