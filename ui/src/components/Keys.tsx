// A shortcut, as the keys of this machine are called.
import { shownKeys } from "@/actions/keys";
import classes from "@/components/Keys.module.css";

export function Keys({ keys }: { keys: string }) {
  return (
    <span className={classes.keys}>
      {shownKeys(keys).map((key) => (
        <kbd key={key}>{key}</kbd>
      ))}
    </span>
  );
}
