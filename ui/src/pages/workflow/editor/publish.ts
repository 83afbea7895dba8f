// The draft becomes a version: everything saved first, and what was saved is what is published.
import type { QueryClient } from "@tanstack/react-query";
import { openWorkflow, publishDraft } from "@/api/drafts";
import { keys } from "@/api/keys";
import { ApiProblem } from "@/api/problem";
import { type Saver, useSaving } from "@/pages/workflow/store/saving";

export async function publish(name: string, saver: Saver, note: string, client: QueryClient) {
  await saver.flush();
  const { state, problem } = useSaving.getState();
  if (state !== "saved") {
    const reason = "The draft is not saved yet, so it cannot be published.";
    throw problem ?? new ApiProblem("not_saved", reason, 0, "Choose first which of the two drafts is to stay.");
  }
  const published = await publishDraft(name, saver.currentEtag, note);
  const { etag } = await openWorkflow(name);
  saver.take(etag);
  useSaving.setState({ isDraft: false, version: published.version });
  await client.invalidateQueries({ queryKey: keys.workflows.all, refetchType: "none" });
  return published;
}
