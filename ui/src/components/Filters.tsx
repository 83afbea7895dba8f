// The line above a list: a search first, and what else narrows it.
import type { ReactNode } from "react";
import classes from "@/components/Filters.module.css";

export function Filters({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div className={classes.filters} role="search" aria-label={label}>
      {children}
    </div>
  );
}
