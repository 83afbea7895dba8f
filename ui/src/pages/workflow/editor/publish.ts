// The draft becomes a version: everything saved first, and what was saved is what is published.
import type { QueryClient } from "@tanstack/react-query";
import { openWorkflow, publishDraft } from "@/api/drafts";
import { keys } from "@/api/keys";
import { saveAll } from "@/pages/workflow/editor/running";
import { type Saver, useSaving } from "@/pages/workflow/store/saving";

export async function publish(name: string, saver: Saver, note: string, client: QueryClient) {
  await saveAll(saver);
  const published = await publishDraft(name, saver.currentEtag, note);
  const { etag } = await openWorkflow(name);
  saver.take(etag);
  useSaving.setState({ isDraft: false, version: published.version });
  await client.invalidateQueries({ queryKey: keys.workflows.all, refetchType: "none" });
  return published;
}
