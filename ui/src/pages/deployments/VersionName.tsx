// The version that a deployment is bound to, by its number: the drawing beside it has asked for the same.
import { useQuery } from "@tanstack/react-query";
import { definitionOf } from "@/api/versions";

interface Props {
  workflow: string;
  /** Its digest; null: whatever is the latest. */
  version: string | null;
}

export function VersionName({ workflow, version }: Props) {
  const { data } = useQuery({ ...definitionOf(workflow, version ?? "latest", version ?? ""), enabled: false });
  if (version === null) return <>follows the latest</>;
  return <span title={version}>{typeof data?.version === "number" ? `v${data.version}` : version}</span>;
}
