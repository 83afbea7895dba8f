// Whose a workflow is.
import { useQuery } from "@tanstack/react-query";
import { Globe, UserRound, UsersRound } from "lucide-react";
import { useMay, useMe } from "@/api/me";
import { ownerNames } from "@/api/sharing";
import classes from "@/pages/workflows/OwnerBadge.module.css";
import { ownerWords } from "@/pages/workflows/library";

const NOBODY: ReadonlyMap<string, string> = new Map();

export function OwnerBadge({ owner }: { owner: string | null | undefined }) {
  const me = useMe();
  const isAdmin = useMay("admin");
  const names = useQuery({ ...ownerNames, enabled: isAdmin && (owner ?? null) !== null && owner !== me.id });
  const Icon = (owner ?? null) === null ? Globe : owner === me.id ? UserRound : UsersRound;
  return (
    <span className={classes.owner}>
      <Icon size={13} aria-hidden="true" />
      {ownerWords(owner, me.id, names.data ?? NOBODY)}
    </span>
  );
}
