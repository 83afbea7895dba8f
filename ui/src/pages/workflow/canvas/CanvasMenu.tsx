// The menu of the other mouse button: the same actions as everywhere.
import { useEffect, useRef } from "react";
import { mayRun, useRegistry } from "@/actions/actions";
import { Keys } from "@/components/Keys";
import classes from "@/pages/workflow/canvas/CanvasMenu.module.css";
import { focusCanvas } from "@/pages/workflow/canvas/focus";
import { here } from "@/pages/workflow/canvas/viewport";
import { setView, useView } from "@/pages/workflow/store/viewStore";

export function CanvasMenu() {
  const menu = useView((view) => view.menu);
  return menu === undefined ? null : <Open key={`${menu.x} ${menu.y}`} x={menu.x} y={menu.y} ids={menu.actions} />;
}

const ROW = 32;
const WIDE = 288;

function Open({ x, y, ids }: { x: number; y: number; ids: readonly string[] }) {
  const registry = useRegistry((state) => state.actions);
  const list = useRef<HTMLDivElement>(null);
  const actions = ids.flatMap((id) => registry.get(`canvas.${id}`) ?? []).filter(mayRun);
  // What can be done follows what has just been selected.
  const first = actions[0]?.id;
  useEffect(() => {
    if (first !== undefined) list.current?.querySelector("button")?.focus();
  }, [first]);
  const room = here.element?.getBoundingClientRect();
  const left = Math.max(4, Math.min(x, (room?.width ?? WIDE) - WIDE - 4));
  const top = Math.max(4, Math.min(y, (room?.height ?? 0) - actions.length * ROW - 24));
  const close = (): void => {
    setView({ menu: undefined });
    focusCanvas();
  };
  const move = (by: number): void => {
    const buttons = [...(list.current?.querySelectorAll("button") ?? [])];
    const at = buttons.findIndex((one) => one === document.activeElement);
    buttons[(at + by + buttons.length) % buttons.length]?.focus();
  };
  return (
    <div
      ref={list}
      className={classes.menu}
      role="menu"
      tabIndex={-1}
      aria-label="What can be done here"
      style={{ left, top }}
      onBlur={(event) => {
        if (!event.currentTarget.contains(event.relatedTarget)) setView({ menu: undefined });
      }}
      onKeyDown={(event) => {
        event.stopPropagation();
        if (event.key === "Escape") close();
        else if (event.key === "ArrowDown") move(1);
        else if (event.key === "ArrowUp") move(-1);
        else return;
        event.preventDefault();
      }}
    >
      {actions.map((action) => (
        <button
          key={action.id}
          type="button"
          role="menuitem"
          onClick={() => {
            close();
            action.run();
          }}
        >
          {action.icon ? <action.icon size={15} aria-hidden="true" /> : <span className={classes.gap} />}
          <span>{action.title}</span>
          {action.keys !== undefined && <Keys keys={action.keys} />}
        </button>
      ))}
    </div>
  );
}
