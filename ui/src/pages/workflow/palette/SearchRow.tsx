// The field over a list to choose from: words narrow it, arrows walk it, Enter takes, Escape leaves.
import { Search } from "lucide-react";
import classes from "@/pages/workflow/palette/NodePalette.module.css";

interface Props {
  /** Of the list and its options: `<id>-list`, `<id>-0`, … */
  id: string;
  label: string;
  placeholder: string;
  words: string;
  /** The option that Enter takes, of so many. */
  at: number;
  count: number;
  onWords: (words: string) => void;
  onWalk: (to: number) => void;
  onTake: () => void;
  onClose: () => void;
}

export function SearchRow({ id, label, placeholder, words, at, count, onWords, onWalk, onTake, onClose }: Props) {
  return (
    <div className={classes.search}>
      <Search size={16} aria-hidden="true" />
      <input
        role="combobox"
        aria-label={label}
        aria-expanded="true"
        aria-controls={`${id}-list`}
        aria-activedescendant={at < count ? `${id}-${at}` : undefined}
        aria-autocomplete="list"
        placeholder={placeholder}
        value={words}
        ref={(field) => {
          if (field !== null && !field.dataset["seen"]) {
            field.dataset["seen"] = "yes";
            field.focus({ preventScroll: true });
          }
        }}
        onChange={(event) => onWords(event.currentTarget.value)}
        onKeyDown={(event) => {
          event.stopPropagation();
          if (event.key === "Escape") onClose();
          else if (event.key === "Enter") onTake();
          else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
            event.preventDefault();
            const next = at + (event.key === "ArrowDown" ? 1 : -1);
            onWalk((next + count) % Math.max(1, count));
          }
        }}
      />
    </div>
  );
}
