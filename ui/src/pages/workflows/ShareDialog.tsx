// Who has a workflow, and how much each may do with it.
import { Modal } from "@mantine/core";
import { SharingPanel } from "@/components/SharingPanel";

export function ShareDialog({ workflow, onClose }: { workflow: string; onClose: () => void }) {
  return (
    <Modal opened title={`Share ${workflow}`} onClose={onClose} size="lg">
      <SharingPanel workflow={workflow} />
    </Modal>
  );
}
