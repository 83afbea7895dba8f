// The ways to begin: an empty canvas, a template, a file. A file may be dropped anywhere on the page.
import { Button, Menu } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { ChevronDown, FileUp, GalleryVerticalEnd, SquarePen } from "lucide-react";
import { useEffect, useMemo, useState } from "react";
import { useNavigate } from "react-router";
import type { Action } from "@/actions/actions";
import { useActions } from "@/actions/useActions";
import { keys } from "@/api/keys";
import { createBlank } from "@/api/library";
import { FormDialog } from "@/components/FormDialog";
import { ImportDialog } from "@/pages/workflows/ImportDialog";
import { isNamed, NameFields, namingOf } from "@/components/NameFields";

type Open = { kind: "blank" } | { kind: "import"; text: string } | null;

export function NewWorkflow() {
  const navigate = useNavigate();
  const [open, setOpen] = useState<Open>(null);
  useDroppedFile((text) => setOpen({ kind: "import", text }));
  useActions(
    useMemo<Action[]>(
      () => [
        { id: "workflows.new", title: "New workflow", section: "Workflows", icon: SquarePen, run: () => setOpen({ kind: "blank" }) },
        {
          id: "workflows.import",
          title: "Import a workflow file",
          section: "Workflows",
          icon: FileUp,
          run: () => setOpen({ kind: "import", text: "" }),
        },
      ],
      [],
    ),
  );
  return (
    <>
      <Menu>
        <Menu.Target>
          <Button rightSection={<ChevronDown size={15} />}>New</Button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item leftSection={<SquarePen size={15} />} onClick={() => setOpen({ kind: "blank" })}>
            Empty workflow
          </Menu.Item>
          <Menu.Item leftSection={<GalleryVerticalEnd size={15} />} onClick={() => void navigate("/templates")}>
            From a template
          </Menu.Item>
          <Menu.Item leftSection={<FileUp size={15} />} onClick={() => setOpen({ kind: "import", text: "" })}>
            Import a file…
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      {open?.kind === "blank" && <BlankDialog onClose={() => setOpen(null)} />}
      {open?.kind === "import" && <ImportDialog given={open.text} onClose={() => setOpen(null)} />}
    </>
  );
}

function BlankDialog({ onClose }: { onClose: () => void }) {
  const client = useQueryClient();
  const navigate = useNavigate();
  const [naming, setNaming] = useState(namingOf(""));
  const create = async () => {
    await createBlank(naming.name, naming.title.trim());
    await client.invalidateQueries({ queryKey: keys.workflows.all });
    void navigate(`/w/${naming.name}`);
  };
  return (
    <FormDialog title="Empty workflow" submit="Create" isReady={isNamed(naming)} onSubmit={create} onClose={onClose}>
      <NameFields naming={naming} onChange={setNaming} />
    </FormDialog>
  );
}

function useDroppedFile(onText: (text: string) => void): void {
  useEffect(() => {
    const allow = (event: DragEvent) => {
      if (event.dataTransfer?.types.includes("Files")) event.preventDefault();
    };
    const take = (event: DragEvent) => {
      const file = event.dataTransfer?.files[0];
      if (file === undefined || event.defaultPrevented) return;
      event.preventDefault();
      void file.text().then(onText);
    };
    document.addEventListener("dragover", allow);
    document.addEventListener("drop", take);
    return () => {
      document.removeEventListener("dragover", allow);
      document.removeEventListener("drop", take);
    };
  });
}
