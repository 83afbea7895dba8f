// The frame around every page: where one can go, what one can do, and whether the server is heard.
import { useMemo } from "react";
import { Outlet, ScrollRestoration, useNavigate, useNavigation } from "react-router";
import type { Action } from "@/actions/actions";
import { useActions, useShortcuts } from "@/actions/useActions";
import classes from "@/app/Frame.module.css";
import { Palette } from "@/app/Palette";
import { PhoneBar } from "@/app/PhoneBar";
import { PLACES } from "@/app/places";
import { ShortcutSheet } from "@/app/ShortcutSheet";
import { Sidebar } from "@/app/Sidebar";
import { useFreshCache } from "@/live/useFreshCache";

export function Frame() {
  useShortcuts();
  useFreshCache();
  usePlaceActions();
  const isLeaving = useNavigation().state !== "idle";
  return (
    <div className={classes.frame}>
      <a className={classes.skip} href="#content">
        Skip to content
      </a>
      <Sidebar />
      <main id="content" tabIndex={-1} className={classes.sheet} aria-busy={isLeaving}>
        <div className={classes.thread} data-moving={isLeaving || undefined} />
        <Outlet />
      </main>
      <PhoneBar />
      <Palette />
      <ShortcutSheet />
      <ScrollRestoration />
    </div>
  );
}

function usePlaceActions(): void {
  const navigate = useNavigate();
  const actions = useMemo<Action[]>(
    () =>
      PLACES.flat().map((place) => ({
        id: `go.${place.path}`,
        title: place.title,
        section: "Go to",
        icon: place.icon,
        ...(place.words === undefined ? {} : { words: place.words }),
        run: () => void navigate(place.path),
      })),
    [navigate],
  );
  useActions(actions);
}
