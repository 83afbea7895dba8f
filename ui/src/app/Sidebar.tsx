// Where one can go, at the side.
import { VisuallyHidden } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Search } from "lucide-react";
import { Link, NavLink } from "react-router";
import { perform } from "@/actions/actions";
import { myTasks } from "@/api/tasks";
import { OpenPalette } from "@/app/Palette";
import { PLACES, type Place } from "@/app/places";
import classes from "@/app/Sidebar.module.css";
import { UserMenu } from "@/app/UserMenu";
import { Keys } from "@/components/Keys";
import { Logo } from "@/components/Logo";
import { usePolling } from "@/live/useFreshCache";
import { TourSlot } from "@/tour/TourSlot";

export function Sidebar() {
  return (
    <nav className={classes.rail} aria-label="Main">
      <Link to="/" className={classes.brand}>
        <Logo />
        Treadle
      </Link>
      <button type="button" className={classes.search} onClick={() => perform(OpenPalette)}>
        <Search size={15} aria-hidden="true" />
        Search
        <Keys keys="mod+k" />
      </button>
      <div className={classes.places}>
        {PLACES.map((group) => (
          <ul key={group[0]?.path}>
            {group.map((place) => (
              <li key={place.path}>
                <PlaceLink place={place} />
              </li>
            ))}
          </ul>
        ))}
      </div>
      <TourSlot />
      <UserMenu />
    </nav>
  );
}

export function PlaceLink({ place, className = classes.place }: { place: Place; className?: string | undefined }) {
  const Icon = place.icon;
  return (
    <NavLink to={place.path} end={place.path === "/"} className={className ?? ""}>
      <Icon size={17} strokeWidth={1.85} aria-hidden="true" />
      {place.title}
      {place.path === "/inbox" && <Waiting />}
    </NavLink>
  );
}

/** How many tasks wait for whoever is signed in. */
function Waiting() {
  const { data } = useQuery({ ...myTasks(), refetchInterval: usePolling() });
  const count = data?.items.length ?? 0;
  if (count === 0) return null;
  const shown = data?.next ? `${count}+` : String(count);
  return (
    <span className={classes.count}>
      {shown}
      <VisuallyHidden> waiting</VisuallyHidden>
    </span>
  );
}
