// Publish and run: the two things that leave the canvas.
import { useView } from "@/pages/workflow/store/viewStore";
import { PublishDialog } from "@/pages/workflow/editor/PublishDialog";
import { RunDialog } from "@/pages/workflow/editor/RunDialog";
import type { Saver } from "@/pages/workflow/store/saving";

export function EditorDialogs({ name, saver }: { name: string; saver: Saver }) {
  const dialog = useView((view) => view.dialog);
  if (dialog === "publish") return <PublishDialog name={name} saver={saver} />;
  if (dialog === "run") return <RunDialog name={name} saver={saver} mode="test" />;
  if (dialog === "run-debug") return <RunDialog name={name} saver={saver} mode="test" isDebug />;
  return dialog === "run-live" ? <RunDialog name={name} saver={saver} mode="live" /> : null;
}
