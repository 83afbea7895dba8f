// What scrolls by itself: who has no mouse goes there and scrolls it with the arrow keys.
import type { ReactNode } from "react";

export function Scroll({ label, className, children }: { label: string; className?: string | undefined; children: ReactNode }) {
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- That is how one scrolls it without a mouse.
    <div className={className} role="group" aria-label={label} tabIndex={0}>
      {children}
    </div>
  );
}
