// The room of a page within the frame. The canvas takes all of it; lists and forms stand in this.
import type { ReactNode } from "react";
import classes from "@/components/Page.module.css";

export function Page({ narrow = false, children }: { narrow?: boolean; children: ReactNode }) {
  return (
    <div className={classes.page} data-narrow={narrow || undefined}>
      {children}
    </div>
  );
}
