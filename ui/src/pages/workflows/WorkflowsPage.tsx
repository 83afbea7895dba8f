// The workflows one may see: looked through, begun, copied, shared, put away.
import { Button, SegmentedControl, Select } from "@mantine/core";
import { useInfiniteQuery, useQuery, useQueryClient } from "@tanstack/react-query";
import { LayoutGrid, List } from "lucide-react";
import { useSearchParams } from "react-router";
import { tagList, workflowPages } from "@/api/library";
import { useMay, useMe } from "@/api/me";
import { allItems } from "@/api/paging";
import { EmptyState } from "@/components/EmptyState";
import { Filters } from "@/components/Filters";
import { Page } from "@/components/Page";
import { PageHeader } from "@/components/PageHeader";
import { ProblemNotice } from "@/components/ProblemNotice";
import { SearchField } from "@/components/SearchField";
import { usePolling } from "@/live/useFreshCache";
import { EVERYTHING, useLive } from "@/live/useLive";
import { useSoon } from "@/live/useSoon";
import { Bin } from "@/pages/workflows/Bin";
import { filterOf, isNarrowed, type Library, readLibrary, SORTS, writeLibrary } from "@/pages/workflows/library";
import { NewWorkflow } from "@/pages/workflows/NewWorkflow";
import { WorkflowCards } from "@/pages/workflows/WorkflowCards";
import classes from "@/pages/workflows/WorkflowsPage.module.css";
import { WorkflowTable } from "@/pages/workflows/WorkflowTable";

const LOOK_EVERY = 2_000;

export default function WorkflowsPage() {
  const me = useMe();
  const mayEdit = useMay("editor");
  const [query, setQuery] = useSearchParams();
  const library = readLibrary(query);
  const client = useQueryClient();
  const options = workflowPages(filterOf(library, me.id));
  const pages = useInfiniteQuery({ ...options, refetchInterval: usePolling() });
  // The cards say how the last run of each went.
  const lookSoon = useSoon(LOOK_EVERY, () => void client.invalidateQueries({ queryKey: options.queryKey }));
  useLive(EVERYTHING, (events) => {
    if (events.some(({ type }) => type.startsWith("run.") || type === "stream.reset")) lookSoon();
  });
  const workflows = allItems(pages.data?.pages);
  const change = (changed: Partial<Library>) => setQuery(writeLibrary({ ...library, ...changed }), { replace: true });
  const more = {
    onMore: pages.hasNextPage ? () => void pages.fetchNextPage() : null,
    isLoadingMore: pages.isFetchingNextPage,
  };
  return (
    <Page>
      <PageHeader
        title="Workflows"
        description={library.shelf === "bin" ? "What was put away. Versions and runs are kept until it is restored." : null}
        actions={mayEdit && <NewWorkflow />}
      >
        <LibraryFilters library={library} onChange={change} />
      </PageHeader>
      {pages.error !== null && <ProblemNotice error={pages.error} onRetry={() => void pages.refetch()} />}
      {pages.data !== undefined && workflows.length === 0 ? (
        <Nothing library={library} mayEdit={mayEdit} onChange={change} />
      ) : library.shelf === "bin" ? (
        <Bin workflows={workflows} isLoading={pages.isPending} mayEdit={mayEdit} {...more} />
      ) : library.view === "list" ? (
        <WorkflowTable workflows={workflows} isLoading={pages.isPending} {...more} />
      ) : (
        <WorkflowCards workflows={workflows} isLoading={pages.isPending} {...more} />
      )}
    </Page>
  );
}

interface FiltersProps {
  library: Library;
  onChange: (changed: Partial<Library>) => void;
}

function LibraryFilters({ library, onChange }: FiltersProps) {
  const tags = useQuery(tagList);
  const names = (tags.data?.items ?? []).map(({ tag, workflows }) => ({ value: tag, label: `${tag} (${workflows})` }));
  const mayEdit = useMay("editor");
  const shelves = [
    { value: "all", label: "All" },
    ...(mayEdit ? [{ value: "mine", label: "Mine" }, { value: "bin", label: "Bin" }] : []),
  ];
  return (
    <Filters label="Filter workflows">
      <SearchField
        label="Search workflows"
        placeholder="Search name, title, description…"
        value={library.search}
        onChange={(search) => onChange({ search })}
      />
      <Select
        aria-label="Tag"
        placeholder="Any tag"
        data={names}
        value={library.tag}
        onChange={(tag) => onChange({ tag })}
        searchable
        clearable
      />
      <Select
        aria-label="Order"
        data={[...SORTS]}
        value={library.sort}
        onChange={(sort) => onChange({ sort: SORTS.find(({ value }) => value === sort)?.value ?? "-updated" })}
        allowDeselect={false}
      />
      {shelves.length > 1 && (
        <SegmentedControl
          aria-label="Which workflows"
          data={shelves}
          value={library.shelf}
          onChange={(shelf) => onChange({ shelf: shelf as Library["shelf"] })}
        />
      )}
      <SegmentedControl
        aria-label="Shown as"
        className={classes.view ?? ""}
        data={[
          { value: "cards", label: <ViewLabel icon={<LayoutGrid size={15} />} text="Cards" /> },
          { value: "list", label: <ViewLabel icon={<List size={15} />} text="List" /> },
        ]}
        value={library.view}
        onChange={(view) => onChange({ view: view as Library["view"] })}
      />
    </Filters>
  );
}

function ViewLabel({ icon, text }: { icon: React.ReactNode; text: string }) {
  return (
    <span className={classes.viewLabel} title={text}>
      {icon}
      <span className={classes.hidden}>{text}</span>
    </span>
  );
}

function Nothing({ library, mayEdit, onChange }: FiltersProps & { mayEdit: boolean }) {
  if (isNarrowed(library)) {
    return (
      <EmptyState
        title="No workflow fits this search"
        action={
          <Button variant="default" onClick={() => onChange({ search: "", tag: null })}>
            Show all
          </Button>
        }
      />
    );
  }
  if (library.shelf === "bin") return <EmptyState title="The bin is empty" />;
  if (!mayEdit) return <EmptyState title="There is no workflow yet">Once somebody shares one, it appears here.</EmptyState>;
  return (
    <EmptyState title={library.shelf === "mine" ? "You have no workflow yet" : "There is no workflow yet"}>
      Begin with an empty canvas, with a template, or with a workflow file: <b>New</b>, at the top.
    </EmptyState>
  );
}
