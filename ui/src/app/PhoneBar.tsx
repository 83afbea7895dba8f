// Where one can go, at the bottom of a phone.
import { Drawer } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { Ellipsis } from "lucide-react";
import { PLACES } from "@/app/places";
import classes from "@/app/PhoneBar.module.css";
import { PlaceLink } from "@/app/Sidebar";
import { UserMenu } from "@/app/UserMenu";

const places = PLACES.flat();

export function PhoneBar() {
  const [isOpen, { open, close }] = useDisclosure(false);
  return (
    <nav className={classes.bar} aria-label="Main, on a phone">
      {places
        .filter((place) => place.onPhone)
        .map((place) => (
          <PlaceLink key={place.path} place={place} className={classes.place} />
        ))}
      <button type="button" className={classes.place} onClick={open} aria-haspopup="dialog">
        <Ellipsis size={17} aria-hidden="true" />
        More
      </button>
      <Drawer opened={isOpen} onClose={close} position="bottom" size="auto" title="More">
        {/* Any of the links leads away. */}
        {/* oxlint-disable-next-line jsx-a11y/click-events-have-key-events, jsx-a11y/no-static-element-interactions */}
        <div className={classes.more} onClick={(event) => event.target instanceof HTMLAnchorElement && close()}>
          {places
            .filter((place) => !place.onPhone)
            .map((place) => (
              <PlaceLink key={place.path} place={place} className={classes.row} />
            ))}
          <UserMenu />
        </div>
      </Drawer>
    </nav>
  );
}
