// What can be done with a workflow without opening it.
import { ActionIcon, Menu } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { CopyPlus, Download, Ellipsis, Layers, Share2, Trash2 } from "lucide-react";
import { useState } from "react";
import { useNavigate } from "react-router";
import { keys } from "@/api/keys";
import { deleteWorkflow, exportWorkflow, restoreWorkflow } from "@/api/library";
import { useLeave } from "@/api/levels";
import { useMay } from "@/api/me";
import type { Workflow } from "@/api/workflows";
import { tell, tellProblem } from "@/components/notices";
import { DuplicateDialog } from "@/pages/workflows/DuplicateDialog";
import { download } from "@/components/download";
import { ShareDialog } from "@/pages/workflows/ShareDialog";
import classes from "@/pages/workflows/WorkflowMenu.module.css";
import { tellWithUndo } from "@/pages/workflows/tellWithUndo";

export function WorkflowMenu({ workflow }: { workflow: Workflow }) {
  const { name } = workflow;
  const owner = workflow.owner ?? null;
  const mayMake = useMay("editor");
  const edit = useLeave(name, "edit", owner);
  const own = useLeave(name, "own", owner);
  const isOwn = own.isOffered && own.refusal === null;
  const client = useQueryClient();
  const navigate = useNavigate();
  const [open, setOpen] = useState<"share" | "duplicate" | null>(null);
  const refresh = () => client.invalidateQueries({ queryKey: keys.workflows.all });
  const putAway = async () => {
    await deleteWorkflow(name);
    await refresh();
    tellWithUndo(`${workflow.title ?? name} is in the bin.`, async () => {
      await restoreWorkflow(name);
      await refresh();
    });
  };
  return (
    <>
      <Menu>
        <Menu.Target>
          <ActionIcon aria-label={`More for ${workflow.title ?? name}`}>
            <Ellipsis size={16} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          {edit.isOffered && (workflow.version ?? null) !== null && (
            <Menu.Item
              leftSection={<Layers size={15} />}
              disabled={edit.refusal !== null}
              onClick={() => void navigate(`/deployments?new=${encodeURIComponent(name)}`)}
            >
              Deploy…
            </Menu.Item>
          )}
          {mayMake && (
            <Menu.Item leftSection={<CopyPlus size={15} />} onClick={() => setOpen("duplicate")}>
              Duplicate…
            </Menu.Item>
          )}
          <Menu.Item leftSection={<Download size={15} />} onClick={() => void saveFile(name).catch(tellProblem)}>
            Export file
          </Menu.Item>
          <Menu.Item leftSection={<Share2 size={15} />} onClick={() => setOpen("share")}>
            {isOwn ? "Share…" : "Who has it…"}
          </Menu.Item>
          {own.isOffered && (
            <>
              <Menu.Divider />
              <Menu.Item
                color="red"
                leftSection={<Trash2 size={15} />}
                disabled={!isOwn}
                onClick={() => void putAway().catch(tellProblem)}
              >
                Move to bin
              </Menu.Item>
            </>
          )}
          {(edit.refusal ?? own.refusal) !== null && <Menu.Label className={classes.why ?? ""}>{edit.refusal ?? own.refusal}</Menu.Label>}
        </Menu.Dropdown>
      </Menu>
      {open === "share" && <ShareDialog workflow={name} onClose={() => setOpen(null)} />}
      {open === "duplicate" && <DuplicateDialog workflow={workflow} onClose={() => setOpen(null)} />}
    </>
  );
}

async function saveFile(name: string): Promise<void> {
  download(`${name}.yaml`, await exportWorkflow(name));
  tell(`${name}.yaml is saved.`);
}
