// Where the first steps stand while somebody takes them. What they are made of is loaded by then only.
import { Footprints } from "lucide-react";
import { lazy, Suspense, useEffect, useMemo } from "react";
import type { Action } from "@/actions/actions";
import { useActions } from "@/actions/useActions";
import { useMay, useMe } from "@/api/me";
import { currentStep, FRESH, useTour } from "@/tour/tour";

const TourCard = lazy(() => import("@/tour/TourCard"));

export const OpenTour = "tour.open";

export function TourSlot() {
  const me = useMe();
  // Where nobody signs in there is one person.
  const id = me.id ?? me.name;
  const mayEdit = useMay("editor");
  const { user, tour, open, change } = useTour();
  useEffect(() => open(id), [open, id]);
  useActions(
    useMemo<Action[]>(
      () =>
        mayEdit
          ? [
              {
                id: OpenTour,
                title: "First steps",
                section: "General",
                icon: Footprints,
                words: ["tour", "help", "learn", "begin"],
                run: () => {
                  const { tour: now } = useTour.getState();
                  change(currentStep(now) === undefined ? { ...FRESH, isOn: true } : { isOn: true });
                },
              },
            ]
          : [],
      [mayEdit, change],
    ),
  );
  if (!mayEdit || user !== id || !tour.isOn) return null;
  return (
    <Suspense fallback={null}>
      <TourCard />
    </Suspense>
  );
}
