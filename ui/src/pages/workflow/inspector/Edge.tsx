// The edge between canvas and inspector: dragged, or moved with the arrow keys.
import type { PointerEvent } from "react";
import classes from "@/pages/workflow/inspector/Inspector.module.css";
import { LEAST, MOST, widthByKey, widthWithin } from "@/pages/workflow/inspector/width";

interface Props {
  width: number;
  onWidth: (width: number) => void;
}

export function Edge({ width, onWidth }: Props) {
  const drag = (event: PointerEvent<HTMLDivElement>) => {
    if (event.currentTarget.hasPointerCapture(event.pointerId)) onWidth(widthWithin(window.innerWidth - event.clientX));
  };
  return (
    <div
      className={classes.edge}
      role="separator"
      aria-label="Width of the inspector"
      aria-orientation="vertical"
      aria-valuemin={LEAST}
      aria-valuemax={MOST}
      aria-valuenow={width}
      // A separator that can be moved is gone to with the keyboard.
      // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
      tabIndex={0}
      onPointerDown={(event) => event.currentTarget.setPointerCapture(event.pointerId)}
      onPointerMove={drag}
      onKeyDown={(event) => {
        const next = widthByKey(event.key, width);
        if (next === undefined) return;
        event.preventDefault();
        onWidth(next);
      }}
    />
  );
}
