// The command palette: everything that can be done here, and every workflow by its name.
import { Spotlight, type SpotlightActionData, type SpotlightActionGroupData, spotlight } from "@mantine/spotlight";
import { useQuery } from "@tanstack/react-query";
import { Search, Workflow } from "lucide-react";
import { useMemo, useState } from "react";
import { useNavigate } from "react-router";
import { type Action, useRegistry } from "@/actions/actions";
import { useActions } from "@/actions/useActions";
import { workflowList } from "@/api/workflows";
import { Keys } from "@/components/Keys";
import looks from "@/theme/mantine.module.css";
import { overlay } from "@/theme/theme";

export const OpenPalette = "palette.open";

const actions: Action[] = [
  { id: OpenPalette, title: "Search", section: "General", icon: Search, keys: "mod+k", run: spotlight.open },
];

export function Palette() {
  useActions(actions);
  const registry = useRegistry((state) => state.actions);
  const [isOpen, setOpen] = useState(false);
  const workflows = useWorkflows(isOpen);
  const groups = useMemo(() => [...groupsOf([...registry.values()]), ...workflows], [registry, workflows]);
  return (
    <Spotlight
      actions={groups}
      shortcut={null}
      limit={12}
      highlightQuery
      scrollable
      maxHeight={480}
      lockScroll={false}
      overlayProps={overlay}
      classNames={{
        content: looks.surface ?? "",
        search: looks.search ?? "",
        actionsGroup: looks.group ?? "",
        action: looks.action ?? "",
      }}
      nothingFound="Nothing is called like that."
      searchProps={{ placeholder: "What do you want to do?", "aria-label": "Search actions and workflows" }}
      onSpotlightOpen={() => setOpen(true)}
      onSpotlightClose={() => setOpen(false)}
    />
  );
}

function useWorkflows(isOpen: boolean): SpotlightActionGroupData[] {
  const navigate = useNavigate();
  const { data } = useQuery({ ...workflowList({ limit: 200 }), enabled: isOpen });
  return useMemo(() => {
    const found = (data?.items ?? []).map((workflow) => ({
      id: `workflow.${workflow.name}`,
      label: workflow.title ?? workflow.name,
      keywords: [workflow.name, ...workflow.tags],
      leftSection: <Workflow size={17} aria-hidden="true" />,
      onClick: () => void navigate(`/w/${encodeURIComponent(workflow.name)}`),
    }));
    return found.length === 0 ? [] : [{ group: "Workflows", actions: found }];
  }, [data, navigate]);
}

function groupsOf(found: readonly Action[]): SpotlightActionGroupData[] {
  const groups = new Map<string, SpotlightActionData[]>();
  for (const action of found) {
    if (action.id === OpenPalette) continue;
    const group = groups.get(action.section) ?? [];
    groups.set(action.section, [...group, entryOf(action)]);
  }
  return [...groups].map(([group, entries]) => ({ group, actions: entries }));
}

function entryOf(action: Action): SpotlightActionData {
  const Icon = action.icon;
  return {
    id: action.id,
    label: action.title,
    keywords: action.words ?? [],
    disabled: Boolean(action.refusal),
    ...(action.refusal ? { description: action.refusal } : {}),
    leftSection: Icon ? <Icon size={17} aria-hidden="true" /> : null,
    rightSection: action.keys ? <Keys keys={action.keys} /> : null,
    onClick: action.run,
  };
}
