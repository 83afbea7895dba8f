// What was put away, and the way back.
import { Button } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { Undo2 } from "lucide-react";
import { keys } from "@/api/keys";
import { restoreWorkflow } from "@/api/library";
import type { Workflow } from "@/api/workflows";
import { type Column, DataTable } from "@/components/DataTable";
import { tell, tellProblem } from "@/components/notices";
import { When } from "@/components/When";
import { versionWords } from "@/pages/workflows/library";

interface Props {
  workflows: readonly Workflow[];
  isLoading: boolean;
  mayEdit: boolean;
  onMore: (() => void) | null;
  isLoadingMore: boolean;
}

const COLUMNS: readonly Column<Workflow>[] = [
  { id: "workflow", title: "Workflow", grow: true, cell: (one) => one.title ?? one.name },
  { id: "version", title: "Version", secondary: 1, cell: versionWords },
  { id: "at", title: "Put away", cell: (one) => (one.deleted_at ? <When at={one.deleted_at} /> : "") },
];
const WITH_RESTORE: readonly Column<Workflow>[] = [
  ...COLUMNS,
  { id: "restore", title: "Actions", align: "end", cell: (one) => <Restore workflow={one} /> },
];

export function Bin({ workflows, mayEdit, ...rest }: Props) {
  return (
    <DataTable
      label="Bin"
      columns={mayEdit ? WITH_RESTORE : COLUMNS}
      rows={workflows}
      keyOf={(one) => one.name}
      {...rest}
    />
  );
}

function Restore({ workflow: { name, title } }: { workflow: Workflow }) {
  const client = useQueryClient();
  const restore = async () => {
    await restoreWorkflow(name);
    await client.invalidateQueries({ queryKey: keys.workflows.all });
    tell(`${title ?? name} is back.`);
  };
  return (
    <Button
      variant="default"
      size="xs"
      leftSection={<Undo2 size={14} />}
      aria-label={`Restore ${title ?? name}`}
      onClick={() => void restore().catch(tellProblem)}
    >
      Restore
    </Button>
  );
}
