// The button that begins something new, at the head of its list.
import { Button } from "@mantine/core";
import { Plus } from "lucide-react";

export function NewButton({ children, onClick }: { children: string; onClick: () => void }) {
  return (
    <Button leftSection={<Plus size={15} />} onClick={onClick}>
      {children}
    </Button>
  );
}
