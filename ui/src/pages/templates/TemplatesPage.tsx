// Workflows to begin with.
import { Button, Select } from "@mantine/core";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useSearchParams } from "react-router";
import { allItems } from "@/api/paging";
import { allTemplates, DIFFICULTIES, type TemplateFilter, templatePages } from "@/api/templates";
import { EmptyState } from "@/components/EmptyState";
import { Filters } from "@/components/Filters";
import { CardGrid, LoadingCards } from "@/components/GraphCard";
import { Page } from "@/components/Page";
import { PageHeader } from "@/components/PageHeader";
import { ProblemNotice } from "@/components/ProblemNotice";
import { SearchField } from "@/components/SearchField";
import { ShowMore } from "@/components/ShowMore";
import { TemplateCard } from "@/pages/templates/TemplateCard";
import { categoriesOf, DIFFICULTY_WORDS, readTemplateFilter, titled } from "@/pages/templates/templates";

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
        <TemplateFilters filter={filter} onChange={set} />
      </PageHeader>
      {pages.error !== null && <ProblemNotice error={pages.error} onRetry={() => void pages.refetch()} />}
      {pages.isPending ? (
        <LoadingCards height={264} />
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
        <CardGrid label="Templates">
          {templates.map((template) => (
            <TemplateCard key={template.name} template={template} />
          ))}
        </CardGrid>
      )}
      <ShowMore query={pages} />
    </Page>
  );
}

interface FiltersProps {
  filter: TemplateFilter;
  onChange: (name: keyof TemplateFilter, value: string | null) => void;
}

function TemplateFilters({ filter, onChange }: FiltersProps) {
  const all = useQuery(allTemplates);
  return (
    <Filters label="Filter templates">
      <SearchField
        label="Search templates"
        placeholder="What should happen?"
        value={filter.search ?? ""}
        onChange={(search) => onChange("search", search)}
      />
      <Select
        aria-label="Category"
        placeholder="Any category"
        data={categoriesOf(all.data?.items ?? []).map((value) => ({ value, label: titled(value) }))}
        value={filter.category ?? null}
        onChange={(value) => onChange("category", value)}
        clearable
      />
      <Select
        aria-label="Difficulty"
        placeholder="Any difficulty"
        data={DIFFICULTIES.map((value) => ({ value, label: DIFFICULTY_WORDS[value] }))}
        value={filter.difficulty ?? null}
        onChange={(value) => onChange("difficulty", value)}
        clearable
      />
    </Filters>
  );
}
