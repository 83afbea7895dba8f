// An operation tried: what it refuses is said, with the remedy.
import { notifications } from "@mantine/notifications";
import type { Edit } from "@/model/operations/edit";
import type { Refusal, Result } from "@/model/result";
import { type Operation, useEditor } from "@/pages/workflow/store/editorStore";

export function attempt(operation: Operation, label: string | null = null): Result<Edit> {
  const result = useEditor.getState().apply(label, operation);
  if (!result.ok) sayRefusal(result);
  return result;
}

export function sayRefusal({ reason, remedy }: Refusal): void {
  notifications.show({
    id: `refused ${reason}`,
    title: plain(reason),
    message: remedy === undefined ? "" : plain(remedy),
    color: "orange",
    autoClose: 7000,
    role: "alert",
  });
}

/** Without the marks that the model puts around names. */
export function plain(text: string): string {
  return text.replaceAll("`", "");
}
