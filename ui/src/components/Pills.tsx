// A few words to choose from, each in sight: pressed or not.
import type { ReactNode } from "react";
import classes from "@/components/Pills.module.css";

export interface Pill {
  key: string;
  title: string;
  icon?: ReactNode;
  isPressed: boolean;
  onPress: () => void;
}

export function Pills({ label, pills }: { label: string; pills: readonly Pill[] }) {
  return (
    <div className={classes.pills} role="group" aria-label={label}>
      {pills.map(({ key, title, icon, isPressed, onPress }) => (
        <button key={key} type="button" aria-pressed={isPressed} onClick={onPress}>
          {icon}
          {title}
        </button>
      ))}
    </div>
  );
}
